"""The GraphQL API against PostGraphile, and against one hand-written statement behind a bare application."""
