"""What rendered manifests must keep; each rule takes objects and returns one sentence for each thing that is wrong."""
