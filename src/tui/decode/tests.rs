//! Bytes as terminals send them, whole and in pieces.

use super::*;
use proptest::prelude::*;

/// Decodes these pieces, with a pause after the last.
fn decoded(pieces: &[&[u8]]) -> Vec<TerminalInput> {
    let mut decoder = Decoder::new(false);
    let mut inputs = Vec::new();
    for piece in pieces {
        decoder.feed(piece, &mut |input| inputs.push(input));
    }
    if decoder.timeout().is_some() {
        decoder.on_timeout(&mut |input| inputs.push(input));
    }
    assert_eq!(decoder.timeout(), None);
    inputs
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> TerminalInput {
    TerminalInput::Key(KeyEvent::new(code, modifiers))
}

fn plain(code: KeyCode) -> TerminalInput {
    key(code, KeyModifiers::NONE)
}

#[test]
fn letters_controls_and_characters_are_keys() {
    let ctrl = KeyModifiers::CONTROL;
    for (bytes, wanted) in [
        (&b"a"[..], plain(KeyCode::Char('a'))),
        (b"A", key(KeyCode::Char('A'), KeyModifiers::SHIFT)),
        (b" ", plain(KeyCode::Char(' '))),
        ("é".as_bytes(), plain(KeyCode::Char('é'))),
        ("日".as_bytes(), plain(KeyCode::Char('日'))),
        ("😀".as_bytes(), plain(KeyCode::Char('😀'))),
        (b"\r", plain(KeyCode::Enter)),
        (b"\t", plain(KeyCode::Tab)),
        (b"\x7f", plain(KeyCode::Backspace)),
        (b"\x08", plain(KeyCode::Backspace)),
        (b"\x1b", plain(KeyCode::Esc)),
        (b"\x03", key(KeyCode::Char('c'), ctrl)),
        (b"\x1a", key(KeyCode::Char('z'), ctrl)),
        (b"\x00", key(KeyCode::Char(' '), ctrl)),
        (b"\x1ba", key(KeyCode::Char('a'), KeyModifiers::ALT)),
        (b"\x1b[", key(KeyCode::Char('['), KeyModifiers::ALT)),
        (b"\x1b]", key(KeyCode::Char(']'), KeyModifiers::ALT)),
    ] {
        assert_eq!(decoded(&[bytes]), [wanted], "{}", bytes.escape_ascii());
    }
}

#[test]
fn every_terminal_s_sequences_are_known() {
    let shift = KeyModifiers::SHIFT;
    let ctrl = KeyModifiers::CONTROL;
    for (bytes, wanted) in [
        (&b"\x1b[A"[..], plain(KeyCode::Up)),
        (b"\x1bOA", plain(KeyCode::Up)),
        (b"\x1b[1;5C", key(KeyCode::Right, ctrl)),
        (b"\x1b[H", plain(KeyCode::Home)),
        (b"\x1b[1~", plain(KeyCode::Home)),
        (b"\x1b[7~", plain(KeyCode::Home)),
        (b"\x1b[4~", plain(KeyCode::End)),
        (b"\x1b[3~", plain(KeyCode::Delete)),
        (b"\x1b[5~", plain(KeyCode::PageUp)),
        (b"\x1b[6;2~", key(KeyCode::PageDown, shift)),
        (b"\x1bOP", plain(KeyCode::F(1))),
        (b"\x1b[11~", plain(KeyCode::F(1))),
        (b"\x1b[[A", plain(KeyCode::F(1))),
        (b"\x1b[17~", plain(KeyCode::F(6))),
        (b"\x1b[24~", plain(KeyCode::F(12))),
        (b"\x1b[1;2R", key(KeyCode::F(3), shift)),
        (b"\x1b[Z", key(KeyCode::BackTab, shift)),
        (b"\x1b[27;5;9~", key(KeyCode::Tab, ctrl)),
        (b"\x1b[97;5u", key(KeyCode::Char('a'), ctrl)),
        (b"\x1b[5^", key(KeyCode::PageUp, ctrl)),
        (b"\x1b[a", key(KeyCode::Up, shift)),
        (b"\x1b\x1b[A", key(KeyCode::Up, KeyModifiers::ALT)),
    ] {
        assert_eq!(decoded(&[bytes]), [wanted], "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_sequence_that_arrives_in_pieces_is_one_key() {
    assert_eq!(decoded(&[b"\x1b", b"[", b"A"]), [plain(KeyCode::Up)]);
    assert_eq!(decoded(&[b"\xe6", b"\x97", b"\xa5"]), [plain(KeyCode::Char('日'))]);
}

#[test]
fn a_paste_is_one_input_whatever_is_in_it() {
    assert_eq!(
        decoded(&[b"\x1b[200~one\rtwo\x1b[A\x03", b"\x1b[20", b"1~x"]),
        [TerminalInput::Paste("one\rtwo\x1b[A\x03".into()), plain(KeyCode::Char('x'))]
    );
    assert_eq!(decoded(&[b"\x1b[200~cut"]), [TerminalInput::Paste("cut".into())]);
}

#[test]
fn a_paste_without_end_is_bounded() {
    let mut long = b"\x1b[200~".to_vec();
    long.resize(PASTE_LIMIT + 5000, b'a');
    long.extend_from_slice(PASTE_END);
    let TerminalInput::Paste(text) = &decoded(&[&long])[0] else { panic!("no paste") };
    assert_eq!(text.len(), PASTE_LIMIT);
}

#[test]
fn answers_that_nobody_asked_for_are_swallowed() {
    for answer in [
        &b"\x1b]11;rgb:0000/0000/0000\x07"[..],
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1bP>|XTerm(380)\x1b\\",
        b"\x1b[?64;1;2c",
        b"\x1b[>41;380;0c",
        b"\x1b[?2026;2$y",
        b"\x1b[I",
        b"\x1b[<0;10;10M",
        b"\x1b_Gi=1;OK\x1b\\",
        b"\xff\xfe",
    ] {
        assert_eq!(decoded(&[answer, b"x"]), [plain(KeyCode::Char('x'))], "{}", answer.escape_ascii());
    }
}

/// Decodes these pieces while answers are awaited, with a pause after the last.
fn answered(pieces: &[&[u8]]) -> Vec<TerminalInput> {
    let mut decoder = Decoder::new(false);
    decoder.await_answers();
    let mut inputs = Vec::new();
    for piece in pieces {
        decoder.feed(piece, &mut |input| inputs.push(input));
    }
    decoder.on_timeout(&mut |input| inputs.push(input));
    inputs
}

#[test]
fn an_awaited_answer_is_told_and_none_after_the_last() {
    let white = TerminalInput::Answer(TerminalAnswer::Background(255, 255, 255));
    let last = TerminalInput::Answer(TerminalAnswer::Attributes);
    for ground in [&b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"[..], b"\x1b]11;rgb:ff/ff/ff\x07"] {
        let both = [ground, b"\x1b[?62;22c"].concat();
        assert_eq!(answered(&[&both]), [white.clone(), last.clone()]);
        let single: Vec<&[u8]> = both.chunks(1).collect();
        assert_eq!(answered(&single), [white.clone(), last.clone()], "byte by byte");
        assert_eq!(
            answered(&[&both, ground, b"x"])[2..],
            [plain(KeyCode::Char('x'))],
            "a late one is swallowed"
        );
    }
    assert_eq!(answered(&[b"\x1b[?62;22c\x1b]11;rgb:ff/ff/ff\x07"]), [last]);
}

/// Whatever stands in an answer: it types nothing, and nothing in it is a key.
#[test]
fn what_is_no_ground_is_no_answer_and_types_nothing() {
    for answer in [
        &b"\x1b]11;rgb:/bin/sh/\x07"[..],
        b"\x1b]11;!rm\x1b\\",
        b"\x1b]52;c;bHM=\x07",
        b"\x1b]10;rgb:ff/ff/ff\x07",
        b"\x1b[>41;380;0c",
    ] {
        assert_eq!(answered(&[answer]), [], "{}", answer.escape_ascii());
    }
    let endless = [b"\x1b]11;rgb:", "f".repeat(5_000).as_bytes()].concat();
    assert_eq!(answered(&[&endless, b"\x07"]), []);
}

/// A slow line cuts it anywhere, and its rest was typed into the search line.
#[test]
fn the_rest_of_an_answer_that_is_cut_is_waited_for_longer_than_that_of_a_key() {
    for (begin, milliseconds) in [
        (&b"\x1b]11;rgb:ff"[..], 2_000),
        (b"\x1b]11;rgb:ff/ff/ff\x1b", 2_000),
        (b"\x1b[?6", 2_000),
        (b"\x1b]", 300),
        (b"\x1b", 300),
    ] {
        let mut decoder = Decoder::new(false);
        decoder.await_answers();
        decoder.feed(begin, &mut |_| {});
        let expected = Some(Duration::from_millis(milliseconds));
        assert_eq!(decoder.timeout(), expected, "{}", begin.escape_ascii());
        decoder.stop_awaiting_answers();
        let is_answer = milliseconds == 2_000;
        assert_eq!(decoder.timeout() == expected, is_answer, "{} later", begin.escape_ascii());
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_much_for_it(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20)) {
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        decoded(&pieces);
    }

    #[test]
    fn how_it_is_cut_into_pieces_makes_no_difference(
        bytes in prop::collection::vec(prop::sample::select(b"\x1b[]OPA1;~2a\xc3\xa9\x07\\".as_slice()), 0..30)
    ) {
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(decoded(&single), decoded(&[&bytes]));
    }
}

/// What a multiplexer or a slow connection puts together, and what only looks like the beginning of something else.
#[test]
fn an_esc_is_never_lost_to_what_follows_it() {
    let esc = || plain(KeyCode::Esc);
    let alt = |code| key(code, KeyModifiers::ALT);
    let letter = |letter: char| plain(KeyCode::Char(letter));
    for (bytes, wanted) in [
        (&b"\x1b\x1b"[..], vec![alt(KeyCode::Esc)]),
        (b"\x1b\x1b\x1b", vec![esc(), alt(KeyCode::Esc)]),
        (b"\x1b\r", vec![alt(KeyCode::Enter)]),
        (b"\x1b\x1ba", vec![esc(), alt(KeyCode::Char('a'))]),
        (b"\x1b\x1b[A", vec![alt(KeyCode::Up)]),
        (b"\x1b\x1b\x1b[A", vec![esc(), alt(KeyCode::Up)]),
        (b"\x1b\x1b[200~a\x1b[201~", vec![esc(), TerminalInput::Paste("a".into())]),
        (b"\x1b\x1b]11;rgb:0/0/0\x07", vec![esc()]),
        (b"\x1b\x1b[<0;1;1M", vec![esc()]),
        (b"\x1b\x1b[M !!", vec![esc()]),
        (b"\x1b\xff", vec![esc()]),
        (b"\x1b\xc3", vec![esc()]),
        (b"\x1b[j", vec![alt(KeyCode::Char('[')), letter('j')]),
        (b"\x1b]j", vec![alt(KeyCode::Char(']')), letter('j')]),
        (b"\x1b]\x1bj", vec![alt(KeyCode::Char(']')), alt(KeyCode::Char('j'))]),
        (b"\x1bX", vec![key(KeyCode::Char('X'), KeyModifiers::ALT | KeyModifiers::SHIFT)]),
        (b"\x1b[\x03", vec![alt(KeyCode::Char('[')), key(KeyCode::Char('c'), KeyModifiers::CONTROL)]),
        (b"\x1b[1;\x03", vec![key(KeyCode::Char('c'), KeyModifiers::CONTROL)]),
        (b"\x1b]0;a\x03", vec![key(KeyCode::Char('c'), KeyModifiers::CONTROL)]),
    ] {
        assert_eq!(decoded(&[bytes]), wanted, "{}", bytes.escape_ascii());
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decoded(&single), wanted, "{} byte by byte", bytes.escape_ascii());
    }
}

#[test]
fn a_sequence_cut_on_a_line_is_waited_for_longer_than_here() {
    for (is_remote, milliseconds) in [(false, 50), (true, 100)] {
        let mut decoder = Decoder::new(is_remote);
        assert_eq!(decoder.timeout(), None);
        decoder.feed(b"\x1b", &mut |_| {});
        assert_eq!(decoder.timeout(), Some(Duration::from_millis(milliseconds)));
    }
}

/// The three characters after it were typed: a click in the list opened the pipe.
#[test]
fn a_mouse_of_the_oldest_kind_types_nothing() {
    for click in [&b"\x1b[M !!"[..], b"\x1b[M#\xff\xfe", b"\x1b[M \xc3\xa9!", b"\x1b[M \xc2\x80\xc2\x81"] {
        assert_eq!(decoded(&[click, b"x"]), [plain(KeyCode::Char('x'))], "{}", click.escape_ascii());
        let single: Vec<&[u8]> = click.chunks(1).collect();
        assert_eq!(decoded(&single), [], "{}", click.escape_ascii());
    }
    let ctrl_c = key(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(decoded(&[b"\x1b[M\x03"]), [ctrl_c], "a mouse sends no control character");
}

#[test]
fn a_key_that_is_let_go_does_nothing() {
    for released in
        [&b"\x1b[97;1:3u"[..], b"\x1b[13;1:3u", b"\x1b[57414;1:3u", b"\x1b[1;1:3A", b"\x1b[3;1:3~"]
    {
        assert_eq!(decoded(&[released]), [], "{}", released.escape_ascii());
    }
    assert_eq!(
        decoded(&[b"\x1b[97;1:1u\x1b[97;1:2u"]),
        [plain(KeyCode::Char('a')), plain(KeyCode::Char('a'))]
    );
}

#[test]
fn the_keypad_types_what_stands_on_it_whatever_its_mode() {
    let typed = |bytes: &[u8]| match &decoded(&[bytes])[..] {
        [TerminalInput::Key(KeyEvent { code: KeyCode::Char(character), .. })] => *character,
        [TerminalInput::Key(KeyEvent { code: KeyCode::Enter, .. })] => '\r',
        other => panic!("{}: {other:?}", bytes.escape_ascii()),
    };
    let application: String = (b'j'..=b'y').map(|last| typed(&[0x1b, b'O', last])).collect();
    assert_eq!(application, "*+,-./0123456789");
    assert_eq!([typed(b"\x1bOM"), typed(b"\x1bOX")], ['\r', '=']);
    let told: String = (57_399..=57_416).map(|code| typed(format!("\x1b[{code}u").as_bytes())).collect();
    assert_eq!(told, "0123456789./*-+\r=,");
    for (bytes, code) in [
        (&b"\x1b[57417u"[..], KeyCode::Left),
        (b"\x1b[57426u", KeyCode::Delete),
        (b"\x1b[57376u", KeyCode::F(13)),
        (b"\x1bO2P", KeyCode::F(1)),
    ] {
        let [TerminalInput::Key(pressed)] = decoded(&[bytes])[..] else { panic!("{}", bytes.escape_ascii()) };
        assert_eq!(pressed.code, code, "{}", bytes.escape_ascii());
    }
    // Shift alone, media keys, the middle of the keypad, caps lock.
    for bytes in [&b"\x1b[57441;2u"[..], b"\x1b[57430u", b"\x1b[57427u", b"\x1bOE", b"\x1b[E", b"\x1b[57358u"]
    {
        assert_eq!(decoded(&[bytes]), [], "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_key_told_by_its_code_point_types_what_it_would() {
    let shift = KeyModifiers::SHIFT;
    for (bytes, wanted) in [
        ("\x1b[97;2u", vec![key(KeyCode::Char('A'), shift)]),
        ("\x1b[49:33;2u", vec![key(KeyCode::Char('!'), shift)]),
        ("\x1b[97;;229u", vec![plain(KeyCode::Char('å'))]),
        ("\x1b[27;2;33~", vec![key(KeyCode::Char('!'), shift)]),
        ("\x1b[113;9u", vec![]),
        ("\x1b[24;80R", vec![]),
        ("\x1b[2;5P", vec![]),
    ] {
        assert_eq!(decoded(&[bytes.as_bytes()]), wanted, "{}", bytes.escape_debug());
    }
}

#[test]
fn a_sequence_that_is_too_long_is_swallowed_to_its_end() {
    let long = [b"\x1b[", "1;".repeat(500).as_bytes(), b"mx"].concat();
    assert_eq!(decoded(&[&long]), [plain(KeyCode::Char('x'))]);
}

#[test]
fn of_what_has_no_end_no_more_is_kept_than_can_be_used() {
    for (begin, length, most) in [
        (&b"\x1b[200~"[..], PASTE_LIMIT + 5_000, PASTE_LIMIT + PASTE_END.len()),
        (b"\x1b[", 5_000, SEQUENCE_LIMIT + 1),
        (b"\x1bO", 5_000, SEQUENCE_LIMIT),
    ] {
        let mut decoder = Decoder::new(false);
        decoder.feed(begin, &mut |_| {});
        decoder.feed(&vec![b'1'; length], &mut |_| {});
        assert!(decoder.held.len() <= most, "{} after {}", decoder.held.len(), begin.escape_ascii());
    }
}

#[test]
fn a_paste_whose_end_never_comes_is_no_longer_than_another() {
    let mut long = b"\x1b[200~".to_vec();
    long.resize(PASTE_LIMIT + 5_000, b'a');
    let TerminalInput::Paste(text) = &decoded(&[&long])[0] else { panic!("no paste") };
    assert_eq!(text.len(), PASTE_LIMIT);
}

#[test]
fn an_esc_before_a_letter_with_alt_is_a_key_and_a_text_that_is_cut_short_hides_none() {
    let alt = |letter| key(KeyCode::Char(letter), KeyModifiers::ALT);
    assert_eq!(decoded(&[b"\x1b\x1b["]), [plain(KeyCode::Esc), alt('[')]);
    assert_eq!(decoded(&[b"\x1b\x1b[\xff"])[..2], [plain(KeyCode::Esc), alt('[')]);
    assert_eq!(decoded(&[b"\x1b]11;rgb:00\x1b[A"]), [plain(KeyCode::Up)]);
}
