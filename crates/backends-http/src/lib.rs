//! backends-http
