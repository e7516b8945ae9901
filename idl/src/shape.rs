//! Shapes: what a type looks like on the wire.
