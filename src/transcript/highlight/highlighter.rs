//! Coloured code, by syntect with two-face's syntaxes. Slow to load and slow to run, so it is done on a
//! thread of its own: the transcript [requests](crate::transcript::Transcript::take_highlight_requests) colours, shows the
//! code plain, and [applies](crate::transcript::Transcript::apply_highlight) them when they come.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use hashbrown::HashSet;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

use super::{
    CodeTones,
    time_budget::{HighlightTimeBudget, Language},
};
use crate::transcript::Tone;

/// A line longer than this, in bytes, ends the colouring: minified code takes seconds and gains nothing.
const MAX_LINE_LENGTH: usize = 4_000;
/// Languages whose expressions are kept compiled, some megabytes each, before all are thrown away: more than a year of
/// conversations has, since compiling them again takes longer than colouring.
const MAX_LANGUAGES: usize = 56;
/// Languages beyond these that may stand in code of another: a block stops there.
const MAX_EMBEDDED: usize = 16;
/// Bytes that are coloured before the expressions are thrown away: they remember what they met.
const MAX_BYTES: usize = 64 << 20;
/// The longest name of a language that is looked for, in bytes.
const MAX_NAME_LENGTH: usize = 64;

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether a panic on this thread, now, is caught here: the code then stays plain, and nobody need
/// hear of it.
pub fn catches_panics() -> bool {
    CATCHES.get()
}

/// Names a block of code in a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HighlightId {
    pub(in crate::transcript) transcript: u64,
    pub(in crate::transcript) message: u32,
    pub(in crate::transcript) byte: u32,
}

/// A block of code that wants colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighlightRequest {
    /// To be given back with the colours.
    pub id: HighlightId,
    /// As the fence names it.
    pub language: String,
    /// As it was written.
    pub code: String,
}

/// The syntaxes. Making one takes tens of milliseconds. It gives only so much time to code that is written to take long,
/// and then no colours any more.
pub struct Highlighter {
    loaded: Mutex<Arc<LoadedSyntaxes>>,
    /// The beginnings of scopes' names, and their tones; the first that fits counts.
    tones: Vec<(Scope, Tone)>,
    /// The beginnings of the scopes that stand for a language.
    languages: Vec<Scope>,
    time: HighlightTimeBudget,
}

/// The syntaxes, with the expressions that were compiled so far.
struct LoadedSyntaxes {
    syntaxes: SyntaxSet,
    used: Mutex<Usage>,
}

/// The use that was made of syntaxes since they were loaded.
#[derive(Default)]
struct Usage {
    languages: HashSet<Language>,
    bytes: usize,
}

impl LoadedSyntaxes {
    fn new() -> Self {
        Self { syntaxes: two_face::syntax::extra_newlines(), used: Mutex::default() }
    }

    fn used(&self) -> MutexGuard<'_, Usage> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    /// Returns one that all threads share, loaded when it is first needed.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Highlighter> = LazyLock::new(Highlighter::new);
        &SHARED
    }

    /// Loads the syntaxes.
    pub fn new() -> Self {
        let tones = TONES.iter().filter_map(|&(scope, tone)| Some((Scope::new(scope).ok()?, tone))).collect();
        let languages = ["source", "text"].iter().filter_map(|scope| Scope::new(scope).ok()).collect();
        let loaded = Mutex::new(Arc::new(LoadedSyntaxes::new()));
        Self { loaded, tones, languages, time: HighlightTimeBudget::default() }
    }

    /// Colours a piece of code, for [`Transcript::apply_highlight`](crate::transcript::Transcript::apply_highlight). Returns no
    /// colours for a language it does not know, and those up to where it went wrong when a syntax fails (some
    /// of their expressions panic).
    pub fn highlight(&self, language: &str, code: &str) -> CodeTones {
        let mut colors = CodeTones::new();
        if self.time.is_exhausted() {
            return colors;
        }
        let loaded = self.loaded(language, code.len());
        let Some(syntax) = syntax(&loaded.syntaxes, language) else { return colors };
        // The state is thrown away after a panic, and the colours hold whole lines only.
        let run = AssertUnwindSafe(|| self.run(&loaded, syntax, code, &mut colors));
        CATCHES.set(true);
        // What a panic says is nobody's business.
        let _ = catch_unwind(run);
        CATCHES.set(false);
        colors
    }

    /// Returns the syntaxes, loaded again when too much is compiled already.
    fn loaded(&self, language: &str, bytes: usize) -> Arc<LoadedSyntaxes> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let used = loaded.used();
        let known = syntax(&loaded.syntaxes, language)
            .is_none_or(|syntax| used.languages.contains(&language_of(syntax.scope)));
        let full = (!known && used.languages.len() >= MAX_LANGUAGES) || used.bytes > MAX_BYTES;
        drop(used);
        if full {
            *loaded = Arc::new(LoadedSyntaxes::new());
        }
        loaded.used().bytes += bytes;
        Arc::clone(&loaded)
    }

    /// Notes the language that a scope stands for. False: there are too many.
    fn note_language(&self, loaded: &LoadedSyntaxes, scope: Scope) -> bool {
        if !self.languages.iter().any(|language| language.is_prefix_of(scope)) {
            return true;
        }
        let mut used = loaded.used();
        used.languages.insert(language_of(scope));
        used.languages.len() <= MAX_LANGUAGES + MAX_EMBEDDED
    }

    fn run(&self, loaded: &LoadedSyntaxes, syntax: &SyntaxReference, code: &str, colors: &mut CodeTones) {
        let mut state = ParseState::new(syntax);
        let mut stack = ScopeStack::new();
        let timer = self.time.block(language_of(syntax.scope));
        self.note_language(loaded, syntax.scope);
        for line in code.split_inclusive('\n') {
            if line.len() > MAX_LINE_LENGTH || timer.is_too_long() {
                return;
            }
            let piece = timer.start(line.len());
            let parsed = state.parse_line(line, &loaded.syntaxes);
            drop(piece);
            let Ok(operations) = parsed else { return };
            let text = line.trim_end_matches(['\n', '\r']).len();
            let mut tones: Vec<(Tone, std::ops::Range<usize>)> = Vec::new();
            let mut from = 0;
            for (at, operation) in operations {
                self.push(&mut tones, from..at.min(text), &stack);
                from = at;
                if let ScopeStackOp::Push(scope) = operation
                    && !self.note_language(loaded, scope)
                {
                    return;
                }
                if stack.apply(&operation).is_err() {
                    return;
                }
            }
            self.push(&mut tones, from..text, &stack);
            colors.push(tones);
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

/// Returns the syntax of a language.
fn syntax<'a>(syntaxes: &'a SyntaxSet, language: &str) -> Option<&'a SyntaxReference> {
    // No language has a longer name.
    let language = language.get(..MAX_NAME_LENGTH).unwrap_or(language).trim().to_lowercase();
    let name = ALIASES.iter().find(|(alias, _)| *alias == language).map_or(&*language, |(_, name)| name);
    if name.is_empty() {
        return None;
    }
    syntaxes.find_syntax_by_token(name).filter(|syntax| syntax.name != "Plain Text")
}

/// Returns the language that a scope stands for.
fn language_of(scope: Scope) -> Language {
    let part = |index: u32| if index < scope.len() { scope.atom_at(index as usize) } else { 0 };
    (part(0), part(1))
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
        let colors = Highlighter::new().highlight(language, code);
        let lines = colors.iter().zip(code.lines());
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
        let syntaxes = LoadedSyntaxes::new().syntaxes;
        let names = "bash shell sh python py js jsx ts typescript tsx rust go java kotlin c cpp c++ csharp cs ruby php \
                     swift sql html css json yaml yml toml xml dockerfile makefile diff lua perl haskell \
                     scala r latex tex markdown ini nginx elixir erlang clojure vim graphql dart zig nix terraform";
        let unknown: Vec<&str> =
            names.split_whitespace().filter(|name| syntax(&syntaxes, name).is_none()).collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[test]
    fn a_highlighter_lives_on_its_own_thread() {
        fn sendable<T: Send>() {}
        sendable::<(Highlighter, HighlightRequest, CodeTones)>();
    }

    #[test]
    fn an_unknown_language_has_no_colours() {
        assert!(tones("", "x").is_empty());
        assert!(tones("text", "x = 1").is_empty());
        assert!(tones("klingon", "x").is_empty());
    }

    #[test]
    fn a_line_that_is_written_to_take_long_ends_the_colouring_and_in_the_end_all_of_it() {
        let block = vec!["$(($((".repeat(650); 40].join("\n");
        let highlighter = Highlighter::new();
        let mut lines = 0;
        for _ in 0..20 {
            lines += highlighter.highlight("ts", &block).len();
        }
        assert!(lines < 400, "{lines} of 800 lines");
        assert!(highlighter.highlight("rust", "fn f() {}\n").is_empty());
    }

    #[test]
    fn only_so_many_languages_are_kept_compiled() {
        let highlighter = Highlighter::new();
        let kept = || highlighter.loaded.lock().unwrap().used().languages.len();
        let names: Vec<String> = {
            let loaded = highlighter.loaded.lock().unwrap();
            loaded
                .syntaxes
                .syntaxes()
                .iter()
                .filter_map(|syntax| syntax.file_extensions.first().cloned())
                .collect()
        };
        assert!(names.len() > 100);
        for name in &names {
            highlighter.highlight(name, "a = 1\n");
            assert!(kept() <= MAX_LANGUAGES + MAX_EMBEDDED, "{name}: {}", kept());
        }
        // Code in code.
        let fences: String = names.iter().map(|name| format!("~~~{name}\na = 1\n~~~\n")).collect();
        highlighter.highlight("markdown", &fences);
        assert!(kept() <= MAX_LANGUAGES + MAX_EMBEDDED + 1, "{}", kept());
    }

    #[test]
    fn a_minified_line_ends_the_colouring() {
        let code = format!("var a = 1;\nvar b = \"{}\";\nvar c;\n", "x".repeat(10_000));
        assert_eq!(Highlighter::new().highlight("js", &code).len(), 1);
    }
}
