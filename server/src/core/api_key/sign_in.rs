//! Links to sign in to the console without a key: each stands for a key, works once, and ends after some
//! minutes. They are nowhere but in this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ApiKeyId;
use crate::values::{
    api_key_text::KeyText,
    id::Random,
    time::{Span, Time},
};

/// Time after which a link ends.
const LINK_TIME: Span = Span::from_seconds(600);

/// The link that is valid now, if there is one.
#[derive(Default)]
pub struct SignInLinks(Mutex<Option<Link>>);

struct Link {
    code: KeyText,
    key: ApiKeyId,
    expires_at: Time,
}

impl SignInLinks {
    /// Makes a link that stands for a key, in place of the link before. Returns its code.
    pub fn make(&self, key: ApiKeyId, random: &Random, now: Time) -> KeyText {
        let code = KeyText::random(random);
        *self.link() = Some(Link { code: code.clone(), key, expires_at: now.plus(LINK_TIME) });
        code
    }

    /// Returns the key that the link with this code stands for. Afterwards the link is used up.
    pub fn take(&self, code: &str, now: Time) -> Option<ApiKeyId> {
        let code: KeyText = code.parse().ok()?;
        // Whoever can measure how long a comparison takes learns nothing: a link has 160 random bits, and
        // is compared by its hash.
        let link = self.link().take_if(|link| link.code.hash() == code.hash())?;
        (now < link.expires_at).then_some(link.key)
    }

    fn link(&self) -> MutexGuard<'_, Option<Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_and_for_ten_minutes() {
        let (links, random) = (SignInLinks::default(), Random::system());
        let at = |seconds: i64| Time::from_micros(seconds * 1_000_000);
        let key = ApiKeyId(random.id(at(0)));
        let code = links.make(key, &random, at(0));
        assert_eq!(links.take("s2s_", at(1)), None);
        assert_eq!(links.take(KeyText::random(&random).reveal(), at(1)), None);
        assert_eq!(links.take(code.reveal(), at(599)), Some(key));
        assert_eq!(links.take(code.reveal(), at(599)), None);
        let code = links.make(key, &random, at(0));
        assert_eq!(links.take(code.reveal(), at(600)), None);
        let (former, code) = (links.make(key, &random, at(0)), links.make(key, &random, at(0)));
        assert_eq!(links.take(former.reveal(), at(1)), None);
        assert_eq!(links.take(code.reveal(), at(1)), Some(key));
    }
}
