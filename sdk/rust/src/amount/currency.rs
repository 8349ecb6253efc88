//! The currencies of ISO 4217.

use std::{error::Error, fmt, str::FromStr};

use crate::v1::DecimalSeparator;

/// The number of fraction digits that most currencies have.
pub const FRACTION_DIGITS_USUAL: usize = 2;

/// An ISO 4217 currency that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");

    /// Returns whether amounts of the currency are written without decimals.
    #[must_use]
    pub fn has_no_decimals(self) -> bool {
        let (all, _) = NO_DECIMALS.as_bytes().as_chunks();
        all.iter().any(|[a, b, c, _]| self.0 == [*a, *b, *c])
    }

    /// The number of fraction digits with which amounts of the currency are written.
    #[must_use]
    pub fn fraction_digits(self) -> usize {
        match (self.has_no_decimals(), self.three_decimals_after()) {
            (true, _) => 0,
            (false, Some(_)) => 3,
            (false, None) => FRACTION_DIGITS_USUAL,
        }
    }

    /// For a currency that is written with three decimals: the decimal separator of its countries.
    /// `None` for any other currency.
    #[must_use]
    pub fn three_decimals_after(self) -> Option<DecimalSeparator> {
        match &self.0 {
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"OMR" => Some(DecimalSeparator::Point),
            b"LYD" | b"TND" => Some(DecimalSeparator::Comma),
            _ => None,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

/// The text is not an ISO 4217 currency in use.
#[derive(Debug)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an ISO 4217 code of three letters, for example `EUR`")
    }
}

impl Error for UnknownCurrency {}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Reads a currency code in upper or lower case.
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code: [u8; 3] = text.to_ascii_uppercase().into_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let (all, _) = CURRENCIES.as_bytes().as_chunks();
        let found = all.binary_search_by(|[a, b, c, _]| [*a, *b, *c].cmp(&code));
        found.map(|_| Self(code)).map_err(|_| UnknownCurrency)
    }
}

/// The currencies of ISO 4217 in which people pay, and a few that were replaced lately. Left out are
/// funds, precious metals, units of account, and the codes for tests and for no currency. The codes
/// are sorted, and each takes four bytes with the blank after it.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW \
    KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
    NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED \
    VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

/// The currencies whose minor unit is 0 in ISO 4217, written as `CURRENCIES` are.
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_those_of_iso_4217() {
        let (all, rest) = CURRENCIES.as_bytes().as_chunks::<4>();
        assert!(all.is_sorted() && all.iter().all(|code| code[3] == b' ') && rest.is_empty());
        assert_eq!("eur".parse::<Currency>().unwrap().to_string(), "EUR");
        for text in ["", "EU", "EURO", "XXX", "€", "AAA"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }

    #[test]
    fn decimals_of_currencies_are_known() {
        use DecimalSeparator::{Comma, Point};
        for (code, has_none, three_after) in [
            ("EUR", false, None),
            ("IDR", false, None),
            ("JPY", true, None),
            ("BIF", true, None),
            ("XPF", true, None),
            ("KWD", false, Some(Point)),
            ("IQD", false, Some(Point)),
            ("TND", false, Some(Comma)),
        ] {
            let currency: Currency = code.parse().unwrap();
            let found = (currency.has_no_decimals(), currency.three_decimals_after());
            assert_eq!(found, (has_none, three_after), "{code}");
        }
        for code in NO_DECIMALS.split_whitespace() {
            assert!(code.parse::<Currency>().is_ok_and(Currency::has_no_decimals), "{code}");
        }
    }
}
