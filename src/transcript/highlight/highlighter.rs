//! Coloured code, by syntect with two-face's syntaxes. Slow to load and slow to run, so it is done on a
//! thread of its own: the transcript [requests](crate::transcript::Transcript::wanted) colours, shows the
//! code plain, and [applies](crate::transcript::Transcript::apply) them when they come.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::Colours;
use crate::transcript::Tone;

/// A line longer than this, in bytes, ends the colouring: minified code takes seconds and gains nothing.
const LONGEST_LINE: usize = 4_000;

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
}

/// Decides whether a panic on this thread, now, is caught here: the code then stays plain, and nobody need
/// hear of it.
pub fn catches_panics() -> bool {
    CATCHES.get()
}

/// Names a block of code in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId {
    pub(in crate::transcript) transcript: u64,
    pub(in crate::transcript) message: u32,
    pub(in crate::transcript) byte: u32,
}

/// A block of code that wants colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// To be given back with the colours.
    pub id: JobId,
    /// As the fence names it.
    pub language: String,
    /// As it was written.
    pub code: String,
}

/// The syntaxes, loaded. Belongs to one thread; making one takes tens of milliseconds.
pub struct Highlighter {
    syntaxes: SyntaxSet,
    /// The beginnings of scopes' names, and their tones; the first that fits counts.
    tones: Vec<(Scope, Tone)>,
}

impl std::fmt::Debug for Highlighter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Highlighter").finish_non_exhaustive()
    }
}

impl Default for Highlighter {
    fn default() -> Self {
        Self::new()
    }
}

impl Highlighter {
    /// Loads the syntaxes.
    pub fn new() -> Self {
        let tones = TONES.iter().filter_map(|&(scope, tone)| Some((Scope::new(scope).ok()?, tone))).collect();
        Self { syntaxes: two_face::syntax::extra_newlines(), tones }
    }

    /// Colours a piece of code, for [`Transcript::apply`](crate::transcript::Transcript::apply). Returns no
    /// colours for a language it does not know, and those up to where it went wrong when a syntax fails (some
    /// of their expressions panic).
    pub fn highlight(&self, language: &str, code: &str) -> Colours {
        let mut colours = Colours::new();
        let Some(syntax) = self.syntax(language) else { return colours };
        // The state is thrown away after a panic, and the colours hold whole lines only.
        let run = AssertUnwindSafe(|| self.run(syntax, code, &mut colours));
        CATCHES.set(true);
        let _ = catch_unwind(run);
        CATCHES.set(false);
        colours
    }

    fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.trim().to_lowercase();
        let name = ALIASES.iter().find(|(alias, _)| *alias == language).map_or(&*language, |(_, name)| name);
        if name.is_empty() {
            return None;
        }
        self.syntaxes.find_syntax_by_token(name).filter(|syntax| syntax.name != "Plain Text")
    }

    fn run(&self, syntax: &SyntaxReference, code: &str, colours: &mut Colours) {
        let mut state = ParseState::new(syntax);
        let mut stack = ScopeStack::new();
        for line in code.split_inclusive('\n') {
            if line.len() > LONGEST_LINE {
                return;
            }
            let Ok(operations) = state.parse_line(line, &self.syntaxes) else { return };
            let text = line.trim_end_matches(['\n', '\r']).len();
            let mut tones: Vec<(Tone, std::ops::Range<usize>)> = Vec::new();
            let mut from = 0;
            for (at, operation) in operations {
                self.push(&mut tones, from..at.min(text), &stack);
                from = at;
                if stack.apply(&operation).is_err() {
                    return;
                }
            }
            self.push(&mut tones, from..text, &stack);
            colours.push(tones);
        }
    }

    fn push(
        &self,
        tones: &mut Vec<(Tone, std::ops::Range<usize>)>,
        range: std::ops::Range<usize>,
        stack: &ScopeStack,
    ) {
        if range.start >= range.end {
            return;
        }
        let tone = self.tone(stack);
        match tones.last_mut() {
            Some((last, before)) if *last == tone && before.end == range.start => before.end = range.end,
            _ if tone == Tone::Code => {}
            _ => tones.push((tone, range)),
        }
    }

    /// Returns the tone of the innermost scope that has one.
    fn tone(&self, stack: &ScopeStack) -> Tone {
        let mut scopes = stack.as_slice().iter().rev();
        let known = |scope: &Scope| {
            self.tones.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|&(_, tone)| tone)
        };
        scopes.find_map(known).unwrap_or(Tone::Code)
    }
}

/// Names that models give to languages, where the syntaxes have other ones.
const ALIASES: &[(&str, &str)] = &[
    ("shell", "bash"),
    ("sh", "bash"),
    ("zsh", "bash"),
    ("console", "bash"),
    ("shell-session", "bash"),
    ("py", "python"),
    ("python3", "python"),
    ("js", "javascript"),
    ("mjs", "javascript"),
    ("node", "javascript"),
    ("jsx", "tsx"),
    ("ts", "typescript"),
    ("c++", "cpp"),
    ("cxx", "cpp"),
    ("csharp", "cs"),
    ("c#", "cs"),
    ("golang", "go"),
    ("rs", "rust"),
    ("kt", "kotlin"),
    ("rb", "ruby"),
    ("pl", "perl"),
    ("yml", "yaml"),
    ("jsonc", "json"),
    ("json5", "json"),
    ("jsonl", "json"),
    ("md", "markdown"),
    ("tex", "latex"),
    ("docker", "dockerfile"),
    ("make", "makefile"),
    ("patch", "diff"),
    ("objc", "m"),
    ("objective-c", "m"),
    ("hcl", "tf"),
    ("terraform", "tf"),
    ("vb", "vb"),
    ("postgresql", "sql"),
    ("mysql", "sql"),
    ("sqlite", "sql"),
    ("plsql", "sql"),
    ("svg", "xml"),
    ("vue", "vue"),
    ("text", ""),
    ("txt", ""),
    ("plaintext", ""),
    ("plain", ""),
    ("none", ""),
    ("output", ""),
];

/// Scopes by what begins their names. More exact ones stand first.
const TONES: &[(&str, Tone)] = &[
    ("comment", Tone::Comment),
    ("punctuation.definition.comment", Tone::Comment),
    ("markup.inserted", Tone::Inserted),
    ("markup.deleted", Tone::Deleted),
    ("meta.diff.header", Tone::Type),
    ("meta.diff.range", Tone::Function),
    ("punctuation.definition.string", Tone::Literal),
    ("constant.character.escape", Tone::Number),
    ("constant.other.placeholder", Tone::Number),
    ("string", Tone::Literal),
    ("constant", Tone::Number),
    ("keyword.operator.word", Tone::Keyword),
    ("keyword.operator", Tone::Operator),
    ("keyword", Tone::Keyword),
    ("storage.type.function", Tone::Keyword),
    ("storage", Tone::Keyword),
    ("entity.name.function", Tone::Function),
    ("variable.function", Tone::Function),
    ("support.function", Tone::Function),
    ("entity.name.tag", Tone::Keyword),
    ("entity.other.attribute-name", Tone::Type),
    ("entity.name.label", Tone::Keyword),
    ("entity.name", Tone::Type),
    ("entity.other.inherited-class", Tone::Type),
    ("support.type.property-name", Tone::Function),
    ("support.type", Tone::Type),
    ("support.class", Tone::Type),
    ("support.constant", Tone::Number),
    ("variable.language", Tone::Keyword),
    ("meta.mapping.key", Tone::Function),
    ("markup.heading", Tone::Heading),
    ("punctuation", Tone::Punctuation),
    ("meta.attribute-with-value", Tone::Type),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn tones(language: &str, code: &str) -> Vec<(Tone, String)> {
        let colours = Highlighter::new().highlight(language, code);
        let lines = colours.iter().zip(code.lines());
        lines
            .flat_map(|(tones, line)| {
                tones.iter().map(|(tone, range)| (*tone, line[range.clone()].to_owned()))
            })
            .collect()
    }

    #[test]
    fn code_is_told_apart() {
        let seen = tones("python", "def f(x):  # why\n    return 'é' + 1\n");
        for expected in [
            (Tone::Keyword, "def"),
            (Tone::Function, "f"),
            (Tone::Comment, "# why"),
            (Tone::Keyword, "return"),
            (Tone::Literal, "'é'"),
            (Tone::Operator, "+"),
            (Tone::Number, "1"),
        ] {
            assert!(
                seen.iter().any(|(tone, text)| (*tone, text.trim()) == expected),
                "{expected:?} in {seen:?}"
            );
        }
    }

    #[test]
    fn a_diff_has_its_tones() {
        let seen = tones("diff", "-old\n+new\n same\n");
        assert!(seen.iter().any(|(tone, text)| *tone == Tone::Deleted && text.contains("old")));
        assert!(seen.iter().any(|(tone, text)| *tone == Tone::Inserted && text.contains("new")));
    }

    #[test]
    fn what_models_call_languages_is_known() {
        let highlighter = Highlighter::new();
        let names = "bash shell sh python py js jsx ts typescript tsx rust go java kotlin c cpp c++ csharp cs ruby php \
                     swift sql html css json yaml yml toml xml dockerfile makefile diff lua perl haskell \
                     scala r latex tex markdown ini nginx elixir erlang clojure vim graphql dart zig nix terraform";
        let unknown: Vec<&str> =
            names.split_whitespace().filter(|name| highlighter.syntax(name).is_none()).collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[test]
    fn a_highlighter_lives_on_its_own_thread() {
        fn sendable<T: Send>() {}
        sendable::<(Highlighter, Job, Colours)>();
    }

    #[test]
    fn an_unknown_language_has_no_colours() {
        assert!(tones("", "x").is_empty());
        assert!(tones("text", "x = 1").is_empty());
        assert!(tones("klingon", "x").is_empty());
    }

    #[test]
    fn a_minified_line_ends_the_colouring() {
        let code = format!("var a = 1;\nvar b = \"{}\";\nvar c;\n", "x".repeat(10_000));
        assert_eq!(Highlighter::new().highlight("js", &code).len(), 1);
    }
}
