//! Seals prove that this server has written the contents of a file. The secret of a seal comes from
//! outside the file's folder.

use std::fmt;

/// Length of a proof, in bytes.
pub const PROOF_BYTES: usize = 32;

/// A secret that makes and checks proofs.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal([u8; 32]);

impl Seal {
    /// Derives the seal of one use from a secret.
    pub fn derive(use_: &str, secret: &[u8]) -> Self {
        Self(blake3::derive_key(use_, secret))
    }

    /// The proof of these parts, one after the other.
    pub fn prove(&self, parts: &[&[u8]]) -> [u8; PROOF_BYTES] {
        self.hash(parts).into()
    }

    /// Checks a proof, in constant time.
    pub fn is_proof(&self, proof: [u8; PROOF_BYTES], parts: &[&[u8]]) -> bool {
        self.hash(parts) == blake3::Hash::from(proof)
    }

    fn hash(&self, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

/// The seals of one folder. One seal makes the proofs; the proofs of all of them are accepted.
#[derive(Clone, Debug)]
pub struct Seals {
    own: Seal,
    others: Vec<Seal>,
    /// Accepts contents without a valid proof too, because the operator vouches for them.
    adopts: bool,
}

impl Seals {
    pub fn new(own: Seal, others: Vec<Seal>, adopts: bool) -> Self {
        Self { own, others, adopts }
    }

    pub fn own(&self) -> &Seal {
        &self.own
    }

    /// The same seals, which accept contents without a valid proof too.
    pub fn adopting(&self) -> Self {
        Self { adopts: true, ..self.clone() }
    }

    /// Returns whether the contents are accepted as this server's own. `proof`: `None` if they have
    /// none.
    pub fn accept(&self, proof: Option<[u8; PROOF_BYTES]>, parts: &[&[u8]]) -> bool {
        let mut seals = std::iter::once(&self.own).chain(&self.others);
        self.adopts || proof.is_some_and(|proof| seals.any(|seal| seal.is_proof(proof, parts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_seals_are_accepted() {
        let [one, two, three] = [1, 2, 3].map(|byte| Seal::derive("test", &[byte]));
        let seals = |adopts| Seals::new(one.clone(), vec![two.clone()], adopts);
        let parts: &[&[u8]] = &[b"con", b"tents"];
        for (what, proof, ok) in [
            ("our own", Some(one.prove(parts)), true),
            ("an earlier one", Some(two.prove(parts)), true),
            ("a stranger's", Some(three.prove(parts)), false),
            ("of other contents", Some(one.prove(&[b"content"])), false),
            ("of another use", Some(Seal::derive("other", &[1]).prove(parts)), false),
            ("none", None, false),
        ] {
            assert_eq!(seals(false).accept(proof, parts), ok, "{what}");
            assert!(seals(true).accept(proof, parts), "{what}");
            assert!(seals(false).adopting().accept(proof, parts), "{what}");
        }
    }
}
