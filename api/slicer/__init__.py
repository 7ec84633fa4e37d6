"""The Slicer HTTP API of the cubes package."""
