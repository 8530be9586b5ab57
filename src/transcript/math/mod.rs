//! Mathematics as people read it in a terminal: Greek letters, operators, powers and indices in Unicode,
//! fractions as `a/b`, matrices on lines of their own.
//!
//! Takes a formula's TeX and gives lines of text. The folder must not know messages, Markdown, styles or
//! widths: [where formulas are](crate::message::formula) is known before. What cannot be drawn is shown as it
//! was written; nothing is lost. The source itself stays in the message for copies and search.

mod atom;
mod command;
mod formula_box;
mod script;
mod symbols;
mod tex;

use super::text::sanitize;

/// Formulas longer than this, in bytes, are shown as they were written.
const MAX_LENGTH: usize = 16 << 10;

/// Draws a formula (without its delimiters) in lines of text; one line unless `display`.
pub(super) fn to_unicode(source: &str, display: bool) -> Vec<String> {
    if source.len() > MAX_LENGTH {
        return source.trim().lines().map(str::to_owned).collect();
    }
    // Columns are counted here already: of what will be seen.
    let clean = sanitize::text(source);
    let lines = tex::draw(&clean, display);
    if display { lines } else { vec![lines.join(" ")] }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inline(tex: &str) -> String {
        to_unicode(tex, false).concat()
    }

    #[test]
    fn formulas_read_as_text() {
        for (tex, expected) in [
            ("a^2+b^2=c^2", "a² + b² = c²"),
            (r"E = mc^2", "E = mc²"),
            (r"\alpha_1 \leq \beta^{n+1}", "α₁ ≤ βⁿ⁺¹"),
            (r"\frac{a+b}{2}", "(a + b)/2"),
            (r"\frac12", "1/2"),
            (r"\frac{\partial f}{\partial x}", "(∂f)/(∂x)"),
            (r"\sqrt{x}", "√x"),
            (r"\sqrt{x+1}", "√(x + 1)"),
            (r"\sqrt[3]{8}", "∛8"),
            (r"\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ"),
            (r"\int_0^\infty e^{-x^2}\,dx", "∫₀^∞ e^(−x²) dx"),
            (r"x_{max}", "xₘₐₓ"),
            (r"x_{\text{out}}", "xₒᵤₜ"),
            (r"f'(x)", "f′(x)"),
            (r"\mathbb{R}^n", "ℝⁿ"),
            (r"\lim_{x \to 0} \sin x", "lim_(x→0) sin x"),
            (r"P(A \mid B)", "P(A ∣ B)"),
            (r"\text{if } x > 0", "if x > 0"),
            (r"\left( \frac{a}{b} \right)^2", "(a/b)²"),
            (r"\hat{y}", "y\u{302}"),
            (r"-x", "−x"),
            (r"\ddot\theta = -\frac{g}{L}\theta", "θ\u{308} = −g/L θ"),
            (r"\lambda_{1,2} = -\frac{\gamma}{2} \pm a_{i, j}", "λ₁,₂ = −γ/2 ± aᵢ,ⱼ"),
            (r"x_{n_k}", "x_(nₖ)"),
            (r"\ket{\psi} = \norm{v} \abs{x}", "|ψ⟩ = ‖v‖|x|"),
            (r"2 \times -3", "2 × −3"),
            (r"a \not= b", "a ≠ b"),
            (r"\binom{n}{k}", "C(n, k)"),
            (r"50\%", "50%"),
            (r"\{1, 2, \dots\}", "{1, 2, …}"),
            (r"\unknowncmd{x}", r"\unknowncmd x"),
            (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1, 2; 3, 4)"),
            (r"|x| = \max(x, -x)", "|x| = max(x, −x)"),
            (r"\nabla \cdot \vec{E} = \frac{\rho}{\varepsilon_0}", "∇ ⋅ E\u{20d7} = ρ/ε₀"),
            (r"O(n \log n)", "O(n log n)"),
        ] {
            assert_eq!(inline(tex), expected, "{tex}");
        }
    }

    #[test]
    fn a_matrix_stands_on_lines() {
        let lines = to_unicode(r"A = \begin{bmatrix} 1 & 20 \\ 3 & 4 \end{bmatrix}^T", true);
        assert_eq!(lines, ["    ⎡1  20⎤ᵀ", "A = ⎣3  4 ⎦"]);
    }

    #[test]
    fn matrices_side_by_side_stand_apart() {
        let tex = r"\begin{pmatrix}a\\b\end{pmatrix}\begin{pmatrix}c\\d\end{pmatrix}";
        assert_eq!(to_unicode(tex, true), ["⎛a⎞ ⎛c⎞", "⎝b⎠ ⎝d⎠"]);
    }

    #[test]
    fn equations_are_aligned() {
        let lines = to_unicode("\\begin{aligned}\nx &= 1 + y \\\\\n  &= 10\n\\end{aligned}", true);
        assert_eq!(lines, ["x = 1 + y", "  = 10"]);
    }

    #[test]
    fn cases_have_a_brace() {
        let tex = r"|x| = \begin{cases} x & x \ge 0 \\ 0 & y \\ -x & \text{otherwise} \end{cases}";
        assert_eq!(to_unicode(tex, true), ["      ⎧x   x ≥ 0", "|x| = ⎨0   y", "      ⎩−x  otherwise"]);
    }

    #[test]
    fn broken_formulas_are_shown_all_the_same() {
        assert_eq!(inline(r"\frac{a"), "a/");
        assert_eq!(inline(r"x^"), "x^");
        assert_eq!(inline(r"}{"), "}");
        assert_eq!(inline(r"\end{x} a"), r"a");
        assert_eq!(inline(r"\"), r"\");
    }

    #[test]
    fn deep_nesting_ends_somewhere() {
        let deep = "{".repeat(5_000) + "x" + &"}".repeat(5_000);
        assert!(inline(&deep).contains('x'));
        let powers = "a^{".repeat(3_000);
        assert!(inline(&powers).contains('a'));
    }

    proptest! {
        #[test]
        fn drawing_never_fails(tex in r"(\\[a-z]{1,6}|[a-z0-9{}^_& +=$()\[\]\\'-]|\\\\|\\begin\{(pmatrix|cases|aligned)\}|\\end\{(pmatrix|cases|aligned)\}|é|日){0,40}") {
            to_unicode(&tex, true);
            prop_assert_eq!(to_unicode(&tex, false).len(), 1);
        }
    }
}
