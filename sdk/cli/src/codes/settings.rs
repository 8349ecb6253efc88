//! The settings of a conversion code, as options.

use clap::{Args, ValueEnum};
use s2s_sdk::v1::{
    CheckMode, ConversionCode, DecimalSeparator, DedupePolicy, PostbackAuthentication, ReplyMode,
    ReplySetting, TransactionScope, UpdatePolicy,
};

use super::HOURS_PER_DAY;
use crate::{args::preset_id, cells::word, conversions::Status, time::hours};

#[derive(Args)]
pub struct Settings {
    /// Currency for amounts that come without a currency, for example `EUR`. Default of a new code:
    /// `USD`.
    #[arg(long)]
    currency: Option<String>,
    /// Longest time between a click and a conversion that still counts, in days.
    #[arg(long, value_name = "DAYS")]
    window_days: Option<u32>,
    /// Rule for conversions that are sent without a transaction id.
    #[arg(long, value_enum)]
    dedupe: Option<Dedupe>,
    /// Status of conversions that are sent without a status.
    #[arg(long, value_enum)]
    default_status: Option<Status>,
    /// Separator of the decimals in amounts that can be read in two ways, such as `1.500`.
    #[arg(long, value_enum)]
    decimal_separator: Option<Separator>,
    /// What a later postback of a recorded conversion may change.
    #[arg(long, value_enum)]
    updates: Option<Updates>,
    /// The conversions among which an order id counts once.
    #[arg(long, value_enum)]
    orders: Option<Orders>,
    /// Preset of the network that calls the postback URL, for example `everflow`.
    #[arg(long, value_parser = preset_id)]
    preset: Option<String>,
    /// Form of the answer to postbacks.
    #[arg(long, value_enum)]
    reply: Option<Reply>,
    /// Answer all postbacks with HTTP 200 and this text, for example `OK`.
    #[arg(long, value_name = "TEXT", conflicts_with = "reply")]
    reply_text: Option<String>,
    #[command(flatten)]
    checks: Checks,
}

/// The checks of a postback's sender.
#[derive(Args)]
struct Checks {
    /// Check that `sec` is the code's secret.
    #[arg(long, value_enum, value_name = "MODE")]
    secret_check: Option<Mode>,
    /// Check the signature of the query.
    #[arg(long, value_enum, value_name = "MODE")]
    signature_check: Option<Mode>,
    /// Check that the sender's address is one of `--allow-address`.
    #[arg(long, value_enum, value_name = "MODE")]
    address_check: Option<Mode>,
    /// Check that postbacks come over HTTPS.
    #[arg(long, value_enum, value_name = "MODE")]
    https_check: Option<Mode>,
    /// Address or network that may call, for example `203.0.113.7` or `198.51.100.0/24`. Can be
    /// given several times. Replaces all former addresses.
    #[arg(long = "allow-address", value_name = "ADDRESS")]
    addresses: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Off,
    /// Count postbacks that fail the check, with a note.
    Report,
    /// Hold postbacks that fail the check.
    Enforce,
}

impl From<Mode> for CheckMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Off => Self::Off,
            Mode::Report => Self::Report,
            Mode::Enforce => Self::Enforce,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Reply {
    /// HTTP status that depends on the verdict.
    ByVerdict,
    /// Always HTTP 200.
    AlwaysOk,
}

#[derive(Clone, Copy, ValueEnum)]
enum Dedupe {
    OnePerClick,
    Every,
}

#[derive(Clone, Copy, ValueEnum)]
enum Updates {
    None,
    /// Its status: pending becomes approved or declined, approved becomes declined.
    Status,
    /// Its status and its amounts.
    StatusAndAmounts,
}

#[derive(Clone, Copy, ValueEnum)]
enum Orders {
    /// The conversions of one click.
    PerClick,
    /// All conversions of the code: an order counts for its first click.
    PerCode,
}

impl From<Orders> for TransactionScope {
    fn from(orders: Orders) -> Self {
        match orders {
            Orders::PerClick => Self::PerClick,
            Orders::PerCode => Self::PerCode,
        }
    }
}

impl From<Updates> for UpdatePolicy {
    fn from(updates: Updates) -> Self {
        match updates {
            Updates::None => Self::None,
            Updates::Status => Self::Status,
            Updates::StatusAndAmounts => Self::StatusAndAmounts,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Separator {
    /// Unknown: if nothing else decides, such as the currency, a postback with such an amount is
    /// held, and a row with such an amount fails.
    Auto,
    /// `1.500` is one and a half.
    Point,
    /// `1,500` is one and a half.
    Comma,
}

impl From<Separator> for DecimalSeparator {
    fn from(separator: Separator) -> Self {
        match separator {
            Separator::Auto => Self::Auto,
            Separator::Point => Self::Point,
            Separator::Comma => Self::Comma,
        }
    }
}

impl Settings {
    /// Sets the given fields on `code`. Returns `code` and the names of these fields.
    pub fn apply(self, mut code: ConversionCode) -> (ConversionCode, Vec<String>) {
        let mut paths = Vec::new();
        if let Some(currency) = self.currency {
            paths.push("default_currency".to_owned());
            code.default_currency = currency;
        }
        if let Some(days) = self.window_days {
            paths.push("attribution_window".to_owned());
            code.attribution_window = Some(hours(days.saturating_mul(HOURS_PER_DAY)));
        }
        if let Some(dedupe) = self.dedupe {
            paths.push("dedupe_policy".to_owned());
            code.set_dedupe_policy(match dedupe {
                Dedupe::OnePerClick => DedupePolicy::OnePerClick,
                Dedupe::Every => DedupePolicy::Every,
            });
        }
        if let Some(status) = self.default_status {
            paths.push("default_status".to_owned());
            code.set_default_status(status.into());
        }
        if let Some(separator) = self.decimal_separator {
            paths.push("decimal_separator".to_owned());
            code.set_decimal_separator(separator.into());
        }
        if let Some(updates) = self.updates {
            paths.push("update_policy".to_owned());
            code.set_update_policy(updates.into());
        }
        if let Some(orders) = self.orders {
            paths.push("transaction_scope".to_owned());
            code.set_transaction_scope(orders.into());
        }
        if let Some(preset) = self.preset {
            paths.push("preset_id".to_owned());
            code.preset_id = preset;
        }
        let reply = match (self.reply, self.reply_text) {
            (_, Some(text)) => Some(ReplySetting { mode: ReplyMode::FixedText.into(), text }),
            (Some(Reply::ByVerdict), None) => {
                Some(ReplySetting { mode: ReplyMode::ByVerdict.into(), ..Default::default() })
            }
            (Some(Reply::AlwaysOk), None) => {
                Some(ReplySetting { mode: ReplyMode::AlwaysOk.into(), ..Default::default() })
            }
            (None, None) => None,
        };
        if let Some(reply) = reply {
            paths.push("reply".to_owned());
            code.reply = Some(reply);
        }
        if !self.checks.is_empty() {
            paths.push("postback_authentication".to_owned());
            let before = code.postback_authentication.take().unwrap_or_default();
            code.postback_authentication = Some(self.checks.apply(before));
        }
        (code, paths)
    }

    /// Returns whether checks of the sender are given. An update replaces all checks of a code, so
    /// the present ones must then be known.
    pub fn has_checks(&self) -> bool {
        !self.checks.is_empty()
    }
}

impl Checks {
    fn is_empty(&self) -> bool {
        let Self { secret_check, signature_check, address_check, https_check, addresses } = self;
        [secret_check, signature_check, address_check, https_check].iter().all(|mode| mode.is_none())
            && addresses.is_empty()
    }

    /// Returns `checks`, with the values of the given options in place of the former values.
    fn apply(self, mut checks: PostbackAuthentication) -> PostbackAuthentication {
        if let Some(mode) = self.secret_check {
            checks.set_secret_check(mode.into());
        }
        if let Some(mode) = self.signature_check {
            checks.set_signature_check(mode.into());
        }
        if let Some(mode) = self.address_check {
            checks.set_address_check(mode.into());
        }
        if let Some(mode) = self.https_check {
            checks.set_https_check(mode.into());
        }
        if !self.addresses.is_empty() {
            checks.allowed_addresses = self.addresses;
        }
        checks
    }
}

/// The form of the answer to postbacks, in words.
pub fn reply(code: &ConversionCode) -> String {
    let reply = code.reply.clone().unwrap_or_default();
    let mode = word(reply.mode().as_str_name(), "REPLY_MODE_");
    if reply.text.is_empty() { mode } else { format!("{mode} {}", reply.text) }
}

/// The checks of a postback's sender that are made, in words.
pub fn checks(code: &ConversionCode) -> String {
    let checks = code.postback_authentication.clone().unwrap_or_default();
    let modes = [
        ("secret", checks.secret_check()),
        ("signature", checks.signature_check()),
        ("address", checks.address_check()),
        ("https", checks.https_check()),
    ];
    let made = modes.iter().filter(|(_, mode)| !matches!(mode, CheckMode::Off | CheckMode::Unspecified));
    let words = made.map(|(name, mode)| format!("{name} {}", word(mode.as_str_name(), "CHECK_MODE_")));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use s2s_sdk::v1::ConversionStatus;

    use super::*;
    use crate::{
        args::{Arguments, Command},
        codes::Action,
    };

    fn settings(words: &[&str]) -> Option<Settings> {
        match Arguments::read(words).ok()?.command {
            Command::Codes { action: Action::Create { settings, .. } | Action::Update { settings, .. } } => {
                Some(settings)
            }
            _ => None,
        }
    }

    #[test]
    fn a_given_default_status_is_the_only_change() {
        for command in [&["s2s", "codes", "create", "--name", "Sale"][..], &["s2s", "codes", "update", "C"]] {
            for (word, expected) in [
                ("pending", ConversionStatus::Pending),
                ("approved", ConversionStatus::Approved),
                ("declined", ConversionStatus::Declined),
            ] {
                let given = settings(&[command, &["--default-status", word]].concat()).unwrap();
                let (code, paths) = given.apply(ConversionCode::default());
                assert_eq!((code.default_status(), paths), (expected, vec!["default_status".to_owned()]));
            }
            assert!(settings(&[command, &["--default-status", "paid"]].concat()).is_none());
            let (code, paths) = settings(command).unwrap().apply(ConversionCode::default());
            assert_eq!((code, paths), (ConversionCode::default(), vec![]));
        }
    }

    #[test]
    fn checks_that_are_not_given_stay() {
        let words =
            ["s2s", "codes", "update", "C", "--secret-check", "enforce", "--allow-address", "192.0.2.1"];
        let before = PostbackAuthentication { https_check: CheckMode::Report.into(), ..Default::default() };
        let code = ConversionCode { postback_authentication: Some(before), ..Default::default() };
        let (code, paths) = settings(&words).unwrap().apply(code);
        let after = code.postback_authentication.unwrap();
        assert_eq!((after.secret_check(), after.https_check()), (CheckMode::Enforce, CheckMode::Report));
        assert_eq!(
            (after.allowed_addresses, paths),
            (vec!["192.0.2.1".to_owned()], vec!["postback_authentication".to_owned()])
        );
        for (options, mode, text) in [
            (&["--reply", "always-ok"][..], ReplyMode::AlwaysOk, ""),
            (&["--reply", "by-verdict"], ReplyMode::ByVerdict, ""),
            (&["--reply-text", "OK"], ReplyMode::FixedText, "OK"),
        ] {
            let words = [&["s2s", "codes", "update", "C"], options].concat();
            let (code, _) = settings(&words).unwrap().apply(ConversionCode::default());
            let reply = code.reply.unwrap();
            assert_eq!((reply.mode(), reply.text.as_str()), (mode, text));
        }
    }
}
