//! Asks for the values that the command line did not give.

use std::io::{BufRead, Write};

use s2s_sdk::parameter::is_trimmed;

use super::{Init, NAME_DEFAULT};
use crate::{args::preset_id, failure::Failure};

/// Asks for the destination, and for everything else that was not given.
pub fn missing(init: &mut Init, input: &mut impl BufRead, screen: &mut impl Write) -> Result<(), Failure> {
    let mut ask = |question: &str| -> Result<Option<String>, Failure> {
        write!(screen, "{question}: ").map_err(|error| Failure::file("standard error", error))?;
        screen.flush().map_err(|error| Failure::file("standard error", error))?;
        let mut line = String::new();
        input.read_line(&mut line).map_err(|error| Failure::file("standard input", error))?;
        let line = line.trim_matches(is_trimmed);
        Ok((!line.is_empty()).then(|| line.to_owned()))
    };
    if init.network.is_none() {
        let network = ask("Preset of the network, such as everflow (empty for your own shop)")?;
        init.network = network.and_then(|network| preset_id(&network).ok());
    }
    init.destination = ask("URL that visitors are sent to, with [s2sidentifier] for the click id")?;
    if init.destination.is_none() {
        return Err(Failure::Usage(
            "a destination is needed; answer the question, or give --destination".to_owned(),
        ));
    }
    if init.name.is_none() {
        init.name = ask(&format!("Name of the conversion (empty for {NAME_DEFAULT})"))?;
    }
    if init.currency.is_none() {
        init.currency = ask("Currency of amounts without one (empty for USD)")?;
    }
    if init.slug.is_none() {
        init.slug = ask("Path of the tracking link (empty for a random one)")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command};

    fn given(options: &[&str]) -> Init {
        let words = [&["s2s", "init"], options].concat();
        let Command::Init(init) = Arguments::read(words).unwrap().command else { panic!("init") };
        init
    }

    #[test]
    fn only_what_is_missing_is_asked() {
        for (options, answers, expected) in [
            (
                &[][..],
                "EverFlow\nhttps://a\nLead\nEUR\nsummer\n",
                ["everflow", "https://a", "Lead", "EUR", "summer"],
            ),
            (&[], "\n https://a \n\n\n\n", ["", "https://a", "", "", ""]),
            (
                &["--network", "a", "--name", "N", "--currency", "CHF", "--slug", "s"],
                "https://a",
                ["a", "https://a", "N", "CHF", "s"],
            ),
        ] {
            let mut init = given(options);
            missing(&mut init, &mut answers.as_bytes(), &mut Vec::new()).unwrap();
            let Init { network, destination, name, currency, slug, .. } = init;
            let read = [network, destination, name, currency, slug].map(Option::unwrap_or_default);
            assert_eq!(read, expected, "{answers:?}");
        }
        let mut screen = Vec::new();
        let failure = missing(&mut given(&[]), &mut &b"\n\n"[..], &mut screen).unwrap_err();
        assert!(failure.to_string().contains("--destination"), "{failure}");
        assert!(String::from_utf8(screen).unwrap().contains("own shop"));
    }
}
