//! Values that are empty, messages that nobody reads, and log lines as input.

use std::{fs::File, io::Read as _, process::Stdio};

use s2s_tests::Server;

use super::{Person, conversions, programs};

#[tokio::test]
async fn an_empty_setting_is_refused_and_a_preset_is_removed_by_a_flag() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let create = ["codes", "create", "--name", "Sale", "--currency", "CHF", "--preset", "Affise"];
    let code = person.json(&[&create[..], &["--default-status", "Pending"]].concat()).await;
    let id = code["id"].as_str().unwrap();
    assert_eq!([&code["presetId"], &code["defaultStatus"]], ["affise", "CONVERSION_STATUS_PENDING"]);
    let update = ["codes", "update", id];
    let link = ["links", "create", "--destination", "https://shop.example/?s1=[s2sidentifier]"];
    let record = ["conversions", "record", "--code", id, "--click", "c", "--value", "1"];
    let (new, click) = (["--new-code", "B"], ["clicks", "record", "link"]);
    for (command, option) in [
        (&update[..], "--currency"),
        (&update, "--preset"),
        (&update, "--name"),
        (&["codes", "create", "--name", "A"], "--currency"),
        (&["codes", "create"], "--name"),
        (&[&link[..], &new].concat(), "--currency"),
        (&link, "--new-code"),
        (&link, "--slug"),
        (&link, "--tag"),
        (&record, "--transaction"),
        (&record, "--currency"),
        (&click, "--sub1"),
        (&["codes", "list"], "--profile"),
    ] {
        for empty in ["", " ", "\"\""] {
            let said = person.run(&[command, &[option, empty][..]].concat()).await;
            assert_eq!((said.status, said.out.as_str()), (2, ""), "{command:?} {option}: {}", said.err);
            assert!(said.err.contains(option) && said.err.contains("the value is empty"), "{}", said.err);
        }
    }
    let code = person.json(&["codes", "show", id]).await;
    assert_eq!([&code["defaultCurrency"], &code["presetId"]], ["CHF", "affise"]);
    assert_eq!(person.json(&["codes", "list"]).await.as_array().unwrap().len(), 1);
    let code = person.json(&[&update[..], &["--no-preset"]].concat()).await;
    assert_eq!([&code["defaultCurrency"], &code["presetId"]], ["CHF", ""]);
    for command in [&["codes", "create", "--help"][..], &["links", "create", "--help"]] {
        let help = person.out(command).await;
        assert!(help.contains("`USD`"), "{help}");
    }
    assert!(person.out(&[&link[..], &new].concat()).await.contains("currency: USD"));
}

#[tokio::test]
async fn an_import_continues_if_nobody_reads_its_messages() {
    const ROWS: usize = 400;
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let row = |number: usize| {
        let value = if number.is_multiple_of(2) { "7" } else { "x" };
        format!("{},{click},o-{number},{value}\n", code.id)
    };
    let rows: String = (0..ROWS).map(row).collect();
    let file = person.write("sales.csv", format!("code,click_id,oid,value\n{rows}"));
    let s2s = programs().join("s2s");
    for (what, status) in
        [(&["conversions", "import", &file][..], 5), (&["conversions", "export", "all.csv"], 1)]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut reader = Some(reader).filter(|_| status == 5);
        let mut command = person.command(&s2s);
        let mut child = command.args(what).stderr(writer).stdout(Stdio::null()).spawn().unwrap();
        drop(command);
        // Like `head -1`, reads the beginning of the import's messages, and closes the pipe. The
        // export's pipe was closed before.
        if let Some(mut reader) = reader.take() {
            assert_eq!(reader.read(&mut [0]).unwrap(), 1);
        }
        assert_eq!(child.wait().await.unwrap().code(), Some(status), "{what:?}");
    }
    assert_eq!(conversions(&server, &code).await.len(), ROWS / 2);
    assert_eq!(person.read("all.csv").lines().count(), ROWS / 2 + 1);
    // Messages that can't be written because the disk is full cause no panic either.
    let mut command = person.command(&s2s);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut child = command.args(["conversions", "import", &file]).stderr(full).spawn().unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(5));
}

#[tokio::test]
async fn a_line_of_a_log_is_explained() {
    let server = Server::start().await;
    let person = Person::new(&server);
    let code = server.code("Sale").await;
    let click = server.click(&server.link(&[&code]).await).await;
    let query = format!("/s2s?clickId={click}&id={}&val=9&com=1&oid=ex1", code.id);
    for end in [" HTTP/1.1\" 200 181", " HTTP/2.0\" 200 181 \"-\" \"curl HTTP/1.0\"", " HTTP/1.0"] {
        let told = person.out(&["postbacks", "explain", &format!("\"GET {query}{end}")]).await;
        assert!(told.contains("  oid = ex1\n") && told.contains("\nRECORDED\n"), "{told}");
    }
}
