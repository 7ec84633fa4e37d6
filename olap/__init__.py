"""The cube: model, plan, compile and engines. It never imports the domain; their contract is SQL, the schema mart."""
