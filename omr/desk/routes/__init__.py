"""The desk's addresses, a module a page; each holds a `router` that `omr.desk.app` takes in."""
