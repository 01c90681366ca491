//! Where in an account something is.

use std::fmt::Write;

/// A JSON pointer (RFC 6901) that grows and shrinks while an account is walked through.
#[derive(Debug, Default)]
pub(crate) struct Pointer(String);

impl Pointer {
    /// Goes into a member; the answer is the way back, for [`Pointer::leave`].
    pub(crate) fn enter(&mut self, member: &str) -> usize {
        let back = self.0.len();
        self.0.push('/');
        if member.contains(['~', '/']) {
            self.0.push_str(&member.replace('~', "~0").replace('/', "~1"));
        } else {
            self.0.push_str(member);
        }
        back
    }

    /// Goes into an item of a list.
    pub(crate) fn enter_item(&mut self, position: usize) -> usize {
        let back = self.0.len();
        // Writing into a `String` cannot fail.
        let _ = write!(self.0, "/{position}");
        back
    }

    pub(crate) fn leave(&mut self, back: usize) {
        self.0.truncate(back);
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
