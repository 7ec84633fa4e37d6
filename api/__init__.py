"""The outside: GraphQL, the Slicer API and the command line. It translates and decides nothing."""
