//! The HTML extract in a real browser: it shows what was said, nothing in it acts, and nothing is asked of anybody.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::Read,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{app, conversations::conversation, tools};
use unspool::extract::{self, ExtractOptions, Format};

/// The browser, by any of its names.
fn chromium() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        let mut command = Command::new(name);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    if found.is_none() {
        tools::missing("chromium");
    }
    found
}

/// What a browser makes of a page: its document, written out again after everything in it has had its time.
fn opened(browser: &str, page: &Path) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut command = Command::new(browser);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
        .args(["--virtual-time-budget=3000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut document = String::new();
        let _ = stdout.read_to_string(&mut document);
        document
    });
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_mins(1) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    reading.join().unwrap()
}

/// Somebody who counts who calls.
struct Ear {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Ear {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Everything that would act or call if it were more than text. `ACT` leaves a mark in the document.
const HOSTILE: &str = r#"<script>ACT</script>
<script src="http://EAR/s.js"></script>

<img src=x onerror="ACT"> <img src="http://EAR/i.png"> ![tracker](http://EAR/m.png)

<svg onload="ACT"><script>ACT</script></svg> <iframe src="http://EAR/f"></iframe> <iframe srcdoc="<script>parent.ACT</script>"></iframe>

<link rel="stylesheet" href="http://EAR/c.css"> <style>@import "http://EAR/d.css"; body{background:url(http://EAR/b.png)}</style>

<meta http-equiv="refresh" content="0;url=http://EAR/r"> <base href="http://EAR/"> <body onload="ACT">

<details open ontoggle="ACT"><video src="http://EAR/v" onerror="ACT"></video><object data="http://EAR/o"></object>

[click](javascript:ACT) [data](data:text/html,<script>ACT</script>) [v](vbscript:ACT) [tab](java	script:ACT) <javascript:ACT>

[quote](http://a.example/"onmouseover="ACT) [x](<http://a.example/' autofocus onfocus='ACT>)

</code></pre></div></article></main><script>ACT</script>

```html"><script>ACT</script>
</code></pre><script>ACT</script><img src="http://EAR/k.png" onerror="ACT">
```

| <script>ACT</script> | b |
|---|---|
| `<img src=x onerror=ACT>` | \(<script>ACT</script>\) |

$$<script>ACT</script>$$ &lt;script&gt;ACT&lt;/script&gt; &#60;script&#62;ACT&#60;/script&#62; <!-- --><script>ACT</script><!--
"#;

const ACT: &str = "document.documentElement.setAttribute('data-acted','yes')";

fn hostile(ear: &Ear) -> String {
    HOSTILE.replace("ACT", ACT).replace("EAR", &format!("127.0.0.1:{}", ear.port))
}

#[test]
fn a_page_of_hostile_texts_does_nothing_in_a_browser() {
    let Some(browser) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let ear = Ear::new();
    let title = format!("</title><script>{ACT}</script>");
    let conversation = conversation(3, &title, &[&hostile(&ear), &hostile(&ear)]);
    let page = folder.path().join("page.html");
    fs::write(
        &page,
        extract::format_conversation(
            &conversation,
            &ExtractOptions::new(Format::Html, jiff::tz::TimeZone::UTC),
        ),
    )
    .unwrap();
    let document = opened(browser, &page);
    assert!(document.contains("<main>") && document.contains("</html>"), "nothing was opened");
    let (start, _) = document.split_once("<head>").expect("a head");
    assert!(!start.contains("data-acted"), "something acted: {start}");
    assert_eq!(ear.calls(), 0, "somebody was called");
    // The texts stand there, as text.
    assert_eq!(document.matches("<article").count(), 2);
    assert!(document.contains("&lt;script&gt;"), "{document}");
    for tag in
        ["<script", "<img", "<iframe", "<svg", "<object", "<video", "<base", "<link", "<form", "<input"]
    {
        assert!(!document.contains(tag), "{tag} in {document}");
    }
    assert_eq!(document.matches("<style>").count(), 1);

    // The same texts, had they been let through, do act and do call: so this test can fail.
    // But for the one that leaves the page.
    let let_through = hostile(&ear).replace("http-equiv", "name");
    let raw = folder.path().join("raw.html");
    fs::write(&raw, format!("<!DOCTYPE html><html><head></head><body>{let_through}</body></html>")).unwrap();
    let document = opened(browser, &raw);
    assert!(document.contains("data-acted"), "the test does not act");
    assert!(ear.calls() > 0, "the test does not call");
}

#[test]
fn every_page_of_the_demo_is_what_the_browser_makes_of_it() {
    let Some(browser) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = ExtractOptions::new(Format::Html, jiff::tz::TimeZone::UTC);
    let demo = app::demo();
    let mut page = extract::format_opening(&options, "the demo");
    for conversation in &demo {
        page.push_str(&extract::format_section(conversation, &options, false));
    }
    page.push_str(extract::format_closing(options.format));
    let path = folder.path().join("demo.html");
    fs::write(&path, &page).unwrap();
    let document = opened(browser, &path);
    // A browser mends what is not well-formed; where nothing was to mend it gives back what it got.
    let plain = |text: &str| {
        text.replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&gt;", ">")
            .replace('\u{a0}', "&nbsp;")
            .replace("\r\n", "\n")
    };
    let body = |text: &str| {
        let text = plain(text);
        let (_, body) = text.split_once("<body>").expect("a body");
        body.replace("</body>", "").replace("</html>", "").trim().to_owned()
    };
    let (expected, found) = (body(&page), body(&document));
    for (expected, found) in expected.lines().zip(found.lines()) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.lines().count(), found.lines().count());
}
