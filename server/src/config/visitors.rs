//! What is stored of a visitor.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::values::address::StoredAddresses;

#[derive(Args, Debug, Clone)]
pub struct VisitorConfig {
    /// Stored part of visitors' and senders' addresses: `truncated` is /24 of IPv4, /48 of IPv6.
    #[arg(long, env = "S2S_STORE_ADDRESSES", default_value = "truncated", value_name = "HOW_MUCH")]
    pub store_addresses: StoredAddresses,

    /// A file in MaxMind's format (`.mmdb`) that tells the country of an address. A changed file is
    /// read again. Only a core reads it. Default: none, so clicks have no country.
    #[arg(long, env = "S2S_GEO_DATABASE", value_name = "FILE")]
    pub geo_database: Option<PathBuf>,

    /// Whether the country of a click is stored, `on` or `off`.
    #[arg(long, env = "S2S_STORE_COUNTRY", default_value = "on", value_name = "ON_OR_OFF",
          action = ArgAction::Set, value_parser = on_or_off)]
    pub store_country: bool,

    /// The hash of its visitor that each click gets, so that reports can count visitors: `on` or `off`.
    #[arg(long, env = "S2S_STORE_VISITOR_HASH", default_value = "on", value_name = "ON_OR_OFF",
          action = ArgAction::Set, value_parser = on_or_off)]
    pub store_visitor_hash: bool,
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be `on` or `off`".to_owned()),
    }
}
