//! The requirements on a server's certificate beyond the checks of the TLS library: the certificate
//! is in force, names a host, and is for servers. Every client refuses a certificate that fails one
//! of them.
//!
//! Absent on purpose: a check of the chain. Chains with an expired authority are common, and
//! clients accept them if they know another path.

use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::values::time::{Span, Time};

/// The time for which a certificate is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    begins: Time,
    /// The first moment at which the certificate is no longer in force.
    ends: Time,
}

/// The reason why clients would refuse a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Malformed,
    /// The certificate names no host that a client could ask for.
    Nameless,
    /// The extended key usage of the certificate does not include servers.
    NotForServers,
    NotYet(Time),
    Expired(Time),
}

impl Validity {
    /// Reads a certificate in DER, and checks everything that does not depend on the time.
    pub fn read(certificate: &[u8]) -> Result<Self, Fault> {
        let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| Fault::Malformed)?;
        let names = certificate.subject_alternative_name().map_err(|_| Fault::Malformed)?;
        let is_host =
            |name: &GeneralName| matches!(name, GeneralName::DNSName(_) | GeneralName::IPAddress(_));
        if !names.is_some_and(|names| names.value.general_names.iter().any(is_host)) {
            return Err(Fault::Nameless);
        }
        let usage = certificate.extended_key_usage().map_err(|_| Fault::Malformed)?;
        if usage.is_some_and(|usage| !usage.value.server_auth && !usage.value.any) {
            return Err(Fault::NotForServers);
        }
        let validity = certificate.validity();
        let at = |seconds: i64| Time::from_micros(0).plus(Span::from_seconds(seconds));
        // The last second still counts (RFC 5280, section 4.1.2.5).
        let ends = validity.not_after.timestamp().saturating_add(1);
        Ok(Self { begins: at(validity.not_before.timestamp()), ends: at(ends) })
    }

    /// Checks that the certificate is in force.
    pub fn check(self, now: Time) -> Result<(), Fault> {
        match now {
            now if now < self.begins => Err(Fault::NotYet(self.begins)),
            now if now >= self.ends => Err(Fault::Expired(self.ends)),
            _ => Ok(()),
        }
    }

    pub fn ends(self) -> Time {
        self.ends
    }
}

impl Fault {
    /// The reason of a start that fails because of the fault.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "TLS_CERTIFICATE_INVALID",
            Self::Nameless | Self::NotForServers => "TLS_CERTIFICATE_UNSUITABLE",
            Self::NotYet(_) => "TLS_CERTIFICATE_NOT_YET_VALID",
            Self::Expired(_) => "TLS_CERTIFICATE_EXPIRED",
        }
    }

    /// The fault and its cure, to follow the name of the file.
    pub fn text(self) -> String {
        match self {
            Self::Malformed => "holds a malformed certificate; install a valid one".to_owned(),
            Self::Nameless => "names no host (it has no subject alternative name that is a DNS name or an \
                               address), so clients refuse it; have one issued for the host names of this server"
                .to_owned(),
            Self::NotForServers => "is not for servers (its extended key usage lacks serverAuth), so clients \
                                    refuse it; install the certificate of the server"
                .to_owned(),
            Self::NotYet(begins) => {
                format!("is valid from {} on; install one that is valid now, or correct the clock", begins.date())
            }
            Self::Expired(ends) => {
                format!("has expired: it was valid until {}; renew it, or correct the clock", ends.date())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{
        CertificateParams, DnType, ExtendedKeyUsagePurpose as Usage, KeyPair, SanType, date_time_ymd,
    };

    use chrono::DateTime;

    use super::*;

    fn at(text: &str) -> Time {
        Time::from_micros(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
    }

    fn issued(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["t.example".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2026, 4, 1));
        change(&mut params);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_is_in_force_to_its_last_second() {
        let validity = Validity::read(&issued(|_| {})).unwrap();
        let (begins, ends) = (at("2026-01-01T00:00:00Z"), at("2026-04-01T00:00:01Z"));
        assert_eq!((validity.ends(), validity.ends().date()), (ends, "2026-04-01T00:00:01Z".to_owned()));
        for (now, expected) in [
            ("1970-01-01T00:00:00Z", Err(Fault::NotYet(begins))),
            ("2025-12-31T23:59:59Z", Err(Fault::NotYet(begins))),
            ("2026-01-01T00:00:00Z", Ok(())),
            ("2026-04-01T00:00:00Z", Ok(())),
            ("2026-04-01T00:00:01Z", Err(Fault::Expired(ends))),
            ("2040-01-01T00:00:00Z", Err(Fault::Expired(ends))),
        ] {
            assert_eq!(validity.check(at(now)), expected, "{now}");
        }
    }

    #[test]
    fn a_certificate_names_a_host_and_is_for_servers() {
        let named = |name| move |params: &mut CertificateParams| params.subject_alt_names = vec![name];
        let used = |usages: &[Usage]| {
            let usages = usages.to_vec();
            move |params: &mut CertificateParams| params.extended_key_usages = usages
        };
        let mail = SanType::Rfc822Name("a@t.example".try_into().unwrap());
        for (certificate, fault) in [
            (issued(|_| {}), None),
            (issued(named(SanType::IpAddress("192.0.2.1".parse().unwrap()))), None),
            (issued(used(&[Usage::ServerAuth])), None),
            (issued(used(&[Usage::ClientAuth, Usage::ServerAuth])), None),
            (issued(used(&[Usage::Any])), None),
            (issued(used(&[Usage::ClientAuth])), Some(Fault::NotForServers)),
            (issued(used(&[Usage::CodeSigning])), Some(Fault::NotForServers)),
            (issued(named(mail)), Some(Fault::Nameless)),
            (
                issued(|params| {
                    params.subject_alt_names.clear();
                    params.distinguished_name.push(DnType::CommonName, "t.example");
                }),
                Some(Fault::Nameless),
            ),
            (b"no certificate".to_vec(), Some(Fault::Malformed)),
        ] {
            assert_eq!(Validity::read(&certificate).err(), fault);
        }
    }
}
