//! `make demo`: two sales, from click to commission, over real ports, with an explanation of each
//! step.
//!
//! Every answer is checked. The first wrong one ends the program with status 1.

use std::{error::Error, fmt::Debug, process::ExitCode};

use reqwest::header::LOCATION;
use s2s_sdk::v1::{
    Conversion, ConversionCode, CustomParam, GetPostbackUrlRequest, ListConversionsRequest, Money,
    TrackingLink,
};
use s2s_tests::{Server, click_id_of, http};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The length of a conversion code, in digits.
const CODE_DIGITS: usize = 32;

#[tokio::main]
async fn main() -> ExitCode {
    // On the heap: a release build refuses futures that lie too deep in each other.
    match Box::pin(play()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demo failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn play() -> Result<()> {
    println!("Two sales, from click to commission");
    let server = Server::start().await;
    println!("A server with an empty database runs at {}\n", server.url);

    let code = make_code(&server).await?;
    let link = make_link(&server, &code).await?;
    let postback_url = render_postback_url(&server, &code).await?;

    title("4. A visitor follows the link and is sent on to the shop, with a click id in the URL");
    let click_id = follow(&link).await?;

    title("5. The visitor buys; the shop's server calls the postback URL, with all braces filled in");
    let sale = fill(&postback_url, &click_id, "1", "0.5") + "&param=myCustomParam%3Dxyz";
    let first = call(&sale).await?.expect(200, "RECORDED", "")?;

    title("6. The shop sends the same again: it counts once");
    let again = call(&sale).await?.expect(200, "DUPLICATE", "")?;
    same("the conversion of the duplicate", again.text("conversion_id"), first.text("conversion_id"))?;

    title("7. Another visitor, another sale: no fixed commission, but 10 percent of 1000");
    let other_click_id = follow(&link).await?;
    let percent = fill(&postback_url, &other_click_id, "1000", "0") + "&comperc=10";
    let second = call(&percent).await?.expect(200, "RECORDED", "")?;

    title("8. A shop that didn't fill in the click id gets the reason; its postback is held, not lost");
    let held = call(&fill(&postback_url, "{clickid}", "1", "0.5")).await?;
    let held = held.expect(400, "HELD", "MACRO_NOT_REPLACED")?;
    same("that the answer says why", &!held.text("message").is_empty(), &true)?;
    same("that the postback is kept", &held.text("postback_id").starts_with("pb_"), &true)?;

    title("9. What counts, newest first: both sales, value and commission to the digit");
    let conversions = list(&server).await?;
    let expected = [(&second, &other_click_id, "1000", "100"), (&first, &click_id, "1", "0.5")];
    same("the number of conversions", &conversions.len(), &expected.len())?;
    for (conversion, (answer, click_id, value, commission)) in conversions.iter().zip(expected) {
        same("a conversion's id", conversion.id.as_str(), answer.text("conversion_id"))?;
        same("its click id", &conversion.click_id, click_id)?;
        same("its value", &decimal(conversion.value.as_ref()), &format!("{value} USD"))?;
        same("its commission", &decimal(conversion.commission.as_ref()), &format!("{commission} USD"))?;
    }
    let custom_params = conversions.last().map(|conversion| conversion.custom_params.clone());
    let param = CustomParam { key: "myCustomParam".to_owned(), value: "xyz".to_owned() };
    same("the first sale's own parameters", &custom_params, &Some(vec![param]))?;

    println!("Every answer was as it must be. `make run` starts a server of your own.");
    Ok(())
}

async fn make_code(server: &Server) -> Result<ConversionCode> {
    title("1. The merchant has one kind of conversion, a sale: it gets a conversion code");
    line("gRPC", "CreateConversionCode name: \"Sale\"");
    let code = server.code("Sale").await;
    line("id", &format!("{} ({CODE_DIGITS} upper-case hexadecimal digits)", code.id));
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
    same("the length of the conversion code", &code.id.len(), &CODE_DIGITS)?;
    same("that it is upper-case hexadecimal", &code.id.bytes().all(is_digit), &true)?;
    println!();
    Ok(code)
}

async fn make_link(server: &Server, code: &ConversionCode) -> Result<TrackingLink> {
    title("2. A tracking link leads to the shop; [s2sidentifier] is where the click id goes");
    let destination = "http://shop.example/Web-Marketing?s1=[s2sidentifier]";
    line("gRPC", &format!("CreateTrackingLink destination: \"{destination}\""));
    let link = server.link(&[code]).await;
    line("url", &link.url);
    same("the destination", link.destination.as_str(), destination)?;
    same("the link's URL", &link.url, &format!("{}/{}", server.url, link.slug))?;
    println!();
    Ok(link)
}

async fn render_postback_url(server: &Server, code: &ConversionCode) -> Result<String> {
    title("3. The postback URL, for the merchant to paste; the shop fills in what is in braces");
    line("gRPC", "GetPostbackUrl");
    let request = GetPostbackUrlRequest { conversion_code_id: code.id.clone(), ..Default::default() };
    let url = server.client().conversion_codes().get_postback_url(request).await?.postback_url;
    line("url", &url);
    let expected = "/s2s?clickId={clickId}&id=".to_owned() + &code.id + "&val={val}&com={com}&oid={oid}";
    same("the postback URL", &url, &(server.url.clone() + &expected))?;
    println!();
    Ok(url)
}

/// Fills in the placeholders of a postback URL, as a shop's software does.
fn fill(postback_url: &str, click_id: &str, value: &str, commission: &str) -> String {
    let url = postback_url.replace("{clickId}", click_id);
    url.replace("{val}", value).replace("{com}", commission).replace("{oid}", &format!("order-{value}"))
}

/// Follows the link as a browser does. The shop gets the returned click id as `s1`.
async fn follow(link: &TrackingLink) -> Result<String> {
    line("GET", &link.url);
    let answer = http().get(&link.url).send().await?;
    line("answer", &answer.status().to_string());
    same("the status of the redirect", &answer.status().as_u16(), &302)?;
    let location = answer.headers().get(LOCATION).ok_or("the redirect has no Location")?.to_str()?;
    line("Location", location);
    let click_id = click_id_of(location);
    same("the shop's URL", location, &link.destination.replace("[s2sidentifier]", &click_id))?;
    line("click id", &click_id);
    println!();
    Ok(click_id)
}

/// An answer to a postback.
struct Answer {
    status: u16,
    body: Value,
}

/// Calls a postback URL as a shop's server does.
async fn call(url: &str) -> Result<Answer> {
    line("GET", url);
    let answer = http().get(url).send().await?;
    line("answer", &answer.status().to_string());
    let answer = Answer { status: answer.status().as_u16(), body: answer.json().await? };
    for field in ["verdict", "reason", "message", "conversion_id", "postback_id"] {
        if !answer.text(field).is_empty() {
            line(field, answer.text(field));
        }
    }
    println!();
    Ok(answer)
}

impl Answer {
    /// A text field of the body; empty if absent.
    fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn expect(self, status: u16, verdict: &str, reason: &str) -> Result<Self> {
        same("the HTTP status of the answer", &self.status, &status)?;
        same("the verdict", self.text("verdict"), verdict)?;
        same("the reason", self.text("reason"), reason)?;
        Ok(self)
    }
}

async fn list(server: &Server) -> Result<Vec<Conversion>> {
    line("gRPC", "ListConversions");
    let conversions =
        server.client().conversions().list_page(ListConversionsRequest::default()).await?.conversions;
    for conversion in &conversions {
        println!();
        line("id", &conversion.id);
        line("click id", &conversion.click_id);
        line("value", &decimal(conversion.value.as_ref()));
        line("commission", &decimal(conversion.commission.as_ref()));
        for param in &conversion.custom_params {
            line("param", &format!("{} = {}", param.key, param.value));
        }
    }
    println!();
    Ok(conversions)
}

fn decimal(money: Option<&Money>) -> String {
    money.map(Money::to_string).unwrap_or_default()
}

fn title(text: &str) {
    println!("{text}");
}

fn line(name: &str, text: &str) {
    println!("   {name:<14}{text}");
}

/// Compares a value with the expected one; the error names both.
fn same<T: PartialEq + Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what} should have been {expected:?}, but was {found:?}").into())
}
