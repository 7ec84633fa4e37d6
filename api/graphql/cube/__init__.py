"""The cube in the schema: the same answers as under /slicer, with typed inputs."""
