"""The face: what people see of the portal, in a real browser."""
