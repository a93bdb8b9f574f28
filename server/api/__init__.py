"""The HTTP and websocket contract: routes, types, problems, OpenAPI."""
