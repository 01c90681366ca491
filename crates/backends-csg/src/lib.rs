//! backends-csg
