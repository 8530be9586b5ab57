//! TeX's commands that stand for a character or a word.

/// The class of an atom, which decides the blanks around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtomClass {
    /// A letter, a number.
    Ordinary,
    /// `∑`, `sin`: set apart from what it applies to.
    Operator,
    /// `+`: blanks around it when it stands between two things.
    Binary,
    /// `=`: blanks around it.
    Relation,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`: a blank after it.
    Punctuation,
    /// A blank of the writer's.
    Space,
}

/// Returns the text a command (without its backslash) stands for, and its class.
pub(super) fn symbol(name: &str) -> Option<(&'static str, AtomClass)> {
    let tables: [(&[(&str, &'static str)], AtomClass); 7] = [
        (ORDINARY, AtomClass::Ordinary),
        (OPERATORS, AtomClass::Operator),
        (BINARY, AtomClass::Binary),
        (RELATIONS, AtomClass::Relation),
        (OPEN, AtomClass::Open),
        (CLOSE, AtomClass::Close),
        (SPACES, AtomClass::Space),
    ];
    for (table, class) in tables {
        if let Some(&(_, shown)) = table.iter().find(|(known, _)| *known == name) {
            return Some((shown, class));
        }
    }
    FUNCTIONS.iter().find(|known| **known == name).map(|shown| (*shown, AtomClass::Operator))
}

/// Returns the combining mark that an accent's command puts above a letter.
pub(super) fn accent(name: &str) -> Option<char> {
    Some(match name {
        "hat" | "widehat" => '\u{302}',
        "tilde" | "widetilde" => '\u{303}',
        "bar" | "overline" => '\u{304}',
        "vec" | "overrightarrow" => '\u{20d7}',
        "dot" => '\u{307}',
        "ddot" => '\u{308}',
        "check" => '\u{30c}',
        "breve" => '\u{306}',
        "acute" => '\u{301}',
        "grave" => '\u{300}',
        "mathring" => '\u{30a}',
        "underline" => '\u{332}',
        _ => return None,
    })
}

#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth",
    "log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "ker", "deg", "arg", "gcd",
    "hom", "Pr", "limsup", "liminf", "argmax", "argmin", "mod",
];

#[rustfmt::skip]
const ORDINARY: &[(&str, &str)] = &[
    ("alpha", "α"), ("beta", "β"), ("gamma", "γ"), ("delta", "δ"), ("epsilon", "ϵ"), ("varepsilon", "ε"),
    ("zeta", "ζ"), ("eta", "η"), ("theta", "θ"), ("vartheta", "ϑ"), ("iota", "ι"), ("kappa", "κ"),
    ("lambda", "λ"), ("mu", "μ"), ("nu", "ν"), ("xi", "ξ"), ("omicron", "ο"), ("pi", "π"), ("varpi", "ϖ"),
    ("rho", "ρ"), ("varrho", "ϱ"), ("sigma", "σ"), ("varsigma", "ς"), ("tau", "τ"), ("upsilon", "υ"),
    ("phi", "ϕ"), ("varphi", "φ"), ("chi", "χ"), ("psi", "ψ"), ("omega", "ω"), ("Gamma", "Γ"),
    ("Delta", "Δ"), ("Theta", "Θ"), ("Lambda", "Λ"), ("Xi", "Ξ"), ("Pi", "Π"), ("Sigma", "Σ"),
    ("Upsilon", "Υ"), ("Phi", "Φ"), ("Psi", "Ψ"), ("Omega", "Ω"), ("infty", "∞"), ("partial", "∂"),
    ("nabla", "∇"), ("forall", "∀"), ("exists", "∃"), ("nexists", "∄"), ("emptyset", "∅"),
    ("varnothing", "∅"), ("hbar", "ℏ"), ("ell", "ℓ"), ("Re", "ℜ"), ("Im", "ℑ"), ("aleph", "ℵ"), ("wp", "℘"),
    ("angle", "∠"), ("triangle", "△"), ("square", "□"), ("Box", "□"), ("top", "⊤"), ("bot", "⊥"),
    ("prime", "′"), ("degree", "°"), ("dots", "…"), ("ldots", "…"), ("cdots", "⋯"), ("vdots", "⋮"),
    ("ddots", "⋱"), ("dotsc", "…"), ("dotsb", "⋯"), ("neg", "¬"), ("lnot", "¬"), ("surd", "√"),
    ("imath", "ı"), ("jmath", "ȷ"), ("dagger", "†"), ("ddagger", "‡"), ("checkmark", "✓"),
    ("therefore", "∴"), ("because", "∵"), ("blacksquare", "■"), ("qed", "∎"), ("clubsuit", "♣"),
    ("diamondsuit", "♦"), ("heartsuit", "♥"), ("spadesuit", "♠"), ("sharp", "♯"), ("flat", "♭"),
    ("natural", "♮"), ("copyright", "©"), ("pounds", "£"), ("euro", "€"), ("S", "§"), ("P", "¶"),
    ("$", "$"), ("%", "%"), ("&", "&"), ("#", "#"), ("_", "_"), ("backslash", "\\"), ("|", "‖"),
    ("Vert", "‖"), ("vert", "|"), ("lvert", "|"), ("rvert", "|"), ("lVert", "‖"), ("rVert", "‖"),
    ("complement", "∁"), ("mho", "℧"), ("eth", "ð"), ("aa", "å"), ("AA", "Å"), ("ss", "ß"), ("Bbbk", "𝕜"),
    ("colon", ":"), ("textdegree", "°"),
];

#[rustfmt::skip]
const OPERATORS: &[(&str, &str)] = &[
    ("sum", "∑"), ("prod", "∏"), ("coprod", "∐"), ("int", "∫"), ("iint", "∬"), ("iiint", "∭"),
    ("oint", "∮"), ("bigcup", "⋃"), ("bigcap", "⋂"), ("bigoplus", "⨁"), ("bigotimes", "⨂"), ("bigvee", "⋁"),
    ("bigwedge", "⋀"), ("bigsqcup", "⨆"), ("biguplus", "⨄"), ("bigodot", "⨀"),
];

#[rustfmt::skip]
const BINARY: &[(&str, &str)] = &[
    ("pm", "±"), ("mp", "∓"), ("times", "×"), ("div", "÷"), ("cdot", "⋅"), ("ast", "∗"), ("*", "∗"), ("star", "⋆"),
    ("circ", "∘"), ("bullet", "∙"), ("oplus", "⊕"), ("ominus", "⊖"), ("otimes", "⊗"), ("oslash", "⊘"),
    ("odot", "⊙"), ("cup", "∪"), ("cap", "∩"), ("setminus", "∖"), ("smallsetminus", "∖"), ("wedge", "∧"),
    ("land", "∧"), ("vee", "∨"), ("lor", "∨"), ("sqcup", "⊔"), ("sqcap", "⊓"), ("uplus", "⊎"),
    ("bmod", "mod"), ("ltimes", "⋉"), ("rtimes", "⋊"), ("diamond", "⋄"), ("amalg", "⨿"), ("wr", "≀"),
    ("dotplus", "∔"), ("boxplus", "⊞"), ("boxtimes", "⊠"), ("veebar", "⊻"), ("barwedge", "⊼"),
];

#[rustfmt::skip]
const RELATIONS: &[(&str, &str)] = &[
    ("leq", "≤"), ("le", "≤"), ("leqslant", "≤"), ("geq", "≥"), ("ge", "≥"), ("geqslant", "≥"),
    ("neq", "≠"), ("ne", "≠"), ("lt", "<"), ("gt", ">"), ("equiv", "≡"), ("approx", "≈"), ("approxeq", "≊"),
    ("sim", "∼"), ("simeq", "≃"), ("cong", "≅"), ("propto", "∝"), ("ll", "≪"), ("gg", "≫"), ("prec", "≺"),
    ("succ", "≻"), ("preceq", "⪯"), ("succeq", "⪰"), ("in", "∈"), ("notin", "∉"), ("ni", "∋"),
    ("subset", "⊂"), ("supset", "⊃"), ("subseteq", "⊆"), ("supseteq", "⊇"), ("subsetneq", "⊊"),
    ("supsetneq", "⊋"), ("nsubseteq", "⊈"), ("mid", "∣"), ("nmid", "∤"), ("parallel", "∥"), ("perp", "⟂"),
    ("vdash", "⊢"), ("dashv", "⊣"), ("models", "⊨"), ("vDash", "⊨"), ("to", "→"), ("rightarrow", "→"),
    ("leftarrow", "←"), ("gets", "←"), ("leftrightarrow", "↔"), ("uparrow", "↑"), ("downarrow", "↓"),
    ("updownarrow", "↕"), ("Rightarrow", "⇒"), ("Leftarrow", "⇐"), ("Leftrightarrow", "⇔"),
    ("Uparrow", "⇑"), ("Downarrow", "⇓"), ("implies", "⟹"), ("impliedby", "⟸"), ("iff", "⟺"),
    ("longrightarrow", "⟶"), ("longleftarrow", "⟵"), ("Longrightarrow", "⟹"), ("Longleftarrow", "⟸"),
    ("longleftrightarrow", "⟷"), ("Longleftrightarrow", "⟺"), ("mapsto", "↦"), ("longmapsto", "⟼"),
    ("hookrightarrow", "↪"), ("hookleftarrow", "↩"), ("rightharpoonup", "⇀"), ("rightharpoondown", "⇁"),
    ("leftharpoonup", "↼"), ("leftharpoondown", "↽"), ("rightleftharpoons", "⇌"),
    ("leftrightharpoons", "⇋"), ("nearrow", "↗"), ("searrow", "↘"), ("swarrow", "↙"), ("nwarrow", "↖"),
    ("rightsquigarrow", "⇝"), ("leadsto", "⇝"), ("triangleq", "≜"), ("coloneqq", "≔"), ("doteq", "≐"),
    ("asymp", "≍"), ("lesssim", "≲"), ("gtrsim", "≳"), ("sqsubseteq", "⊑"), ("sqsupseteq", "⊒"),
    ("Vdash", "⊩"), ("trianglelefteq", "⊴"), ("triangleright", "▷"), ("triangleleft", "◁"), ("bowtie", "⋈"),
    ("frown", "⌢"), ("smile", "⌣"),
];

#[rustfmt::skip]
const OPEN: &[(&str, &str)] = &[
    ("{", "{"), ("lbrace", "{"), ("langle", "⟨"), ("lfloor", "⌊"), ("lceil", "⌈"), ("lbrack", "["),
    ("lparen", "("), ("llbracket", "⟦"), ("ulcorner", "⌜"),
];

#[rustfmt::skip]
const CLOSE: &[(&str, &str)] = &[
    ("}", "}"), ("rbrace", "}"), ("rangle", "⟩"), ("rfloor", "⌋"), ("rceil", "⌉"), ("rbrack", "]"),
    ("rparen", ")"), ("rrbracket", "⟧"), ("urcorner", "⌝"),
];

#[rustfmt::skip]
const SPACES: &[(&str, &str)] = &[
    (" ", " "), (",", " "), (":", " "), (";", " "), ("!", ""), (">", " "), ("quad", "  "),
    ("qquad", "    "), ("space", " "), ("enspace", " "), ("thinspace", " "), ("medspace", " "),
    ("thickspace", " "), ("negthinspace", ""), ("hfill", "  "), ("nobreakspace", " "),
    // Commands that change sizes and places, not what is said.
    ("left", ""), ("right", ""), ("middle", ""), ("big", ""), ("Big", ""), ("bigg", ""), ("Bigg", ""),
    ("bigl", ""), ("bigr", ""), ("Bigl", ""), ("Bigr", ""), ("biggl", ""), ("biggr", ""), ("Biggl", ""),
    ("Biggr", ""), ("bigm", ""), ("Bigm", ""), ("displaystyle", ""), ("textstyle", ""), ("scriptstyle", ""),
    ("scriptscriptstyle", ""), ("limits", ""), ("nolimits", ""), ("hline", ""), ("centering", ""),
    ("nonumber", ""), ("notag", ""), ("bf", ""), ("rm", ""), ("it", ""), ("cal", ""), ("mathstrut", ""),
    ("strut", ""), ("noindent", ""), ("allowbreak", ""), ("relax", ""), ("boldmath", ""), ("small", ""),
    ("large", ""), ("Large", ""), ("normalsize", ""),
];
