//! bss-sandbox
