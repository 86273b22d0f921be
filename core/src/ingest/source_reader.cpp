// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// No grammar of any language: a definition at the top level begins at the left edge, behind an empty line or behind the
// brace or "end" that closes the one before, and not inside a comment or a string of several lines.
#include "ingest/formats.h"
#include "ingest/tree_builder.h"

#include <algorithm>
#include <array>

namespace carma::ingest {

namespace {

constexpr std::size_t kSectionPassages = 24;
constexpr std::size_t kSignatureBytesMax = 100;

struct Language {
    std::string_view extension;
    std::string_view name;
};
constexpr std::array kLanguages = {Language{".c", "C"}, Language{".h", "C"}, Language{".cc", "C++"}, Language{".cpp", "C++"},
    Language{".cxx", "C++"}, Language{".hpp", "C++"}, Language{".hh", "C++"}, Language{".cs", "C#"}, Language{".java", "Java"},
    Language{".kt", "Kotlin"}, Language{".scala", "Scala"}, Language{".swift", "Swift"}, Language{".go", "Go"}, Language{".rs", "Rust"},
    Language{".py", "Python"}, Language{".rb", "Ruby"}, Language{".pl", "Perl"}, Language{".php", "PHP"}, Language{".js", "JavaScript"},
    Language{".mjs", "JavaScript"}, Language{".jsx", "JavaScript"}, Language{".ts", "TypeScript"}, Language{".tsx", "TypeScript"},
    Language{".lua", "Lua"}, Language{".r", "R"}, Language{".jl", "Julia"}, Language{".sh", "Shell"}, Language{".bash", "Shell"},
    Language{".zsh", "Shell"}, Language{".sql", "SQL"}, Language{".hs", "Haskell"}, Language{".ml", "OCaml"}, Language{".ex", "Elixir"},
    Language{".erl", "Erlang"}, Language{".clj", "Clojure"}, Language{".lisp", "Lisp"}, Language{".el", "Lisp"}, Language{".zig", "Zig"},
    Language{".dart", "Dart"}, Language{".cmake", "CMake"}, Language{".css", "CSS"}, Language{".f90", "Fortran"},
    Language{".pas", "Pascal"}, Language{".m", "Objective-C"}, Language{".vhd", "VHDL"}, Language{".asm", "Assembly"},
    Language{".s", "Assembly"}};

std::string_view firstWord(std::string_view line)
{
    const auto end = std::min(line.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), line.size());
    return line.substr(0, end);
}

bool isComment(std::string_view line)
{
    return line.starts_with("//") || line.starts_with("/*") || line.starts_with("*") || line.starts_with("# ") || line == "#" ||
        line.starts_with("--") || line.starts_with(";;") || line.starts_with("%%");
}

/// Whether a line at the left edge begins a definition rather than a statement: it names a kind of one, or has
/// parameters.
bool defines(std::string_view line)
{
    constexpr std::array<std::string_view, 43> kKinds = {"class", "struct", "enum", "union", "interface", "trait", "impl", "def", "fn",
        "func", "function", "fun", "sub", "proc", "procedure", "type", "typedef", "template", "module", "namespace", "record", "object",
        "protocol", "extension", "public", "private", "protected", "static", "abstract", "final", "async", "export", "pub", "const",
        "defmodule", "defn", "data", "instance", "CREATE", "create", "void", "let", "val"};
    constexpr std::array<std::string_view, 8> kStatements = {"import", "from", "include", "use", "using", "return", "if", "package"};
    const std::string_view word = firstWord(line);
    if (std::find(kStatements.begin(), kStatements.end(), word) != kStatements.end()) {
        return false;
    }
    return std::find(kKinds.begin(), kKinds.end(), word) != kKinds.end() || line.find('(') != std::string_view::npos ||
        line.find('{') != std::string_view::npos;
}

/// Follows comments and strings that go over several lines.
class Context {
public:
    [[nodiscard]] bool inside() const { return !m_end.empty(); }
    void pass(std::string_view line)
    {
        while (!line.empty()) {
            if (inside()) {
                const auto end = line.find(m_end);
                line.remove_prefix(end == std::string_view::npos ? line.size() : end + m_end.size());
                m_end = end == std::string_view::npos ? m_end : std::string_view();
                continue;
            }
            const auto at = std::min({line.find("/*"), line.find("\"\"\""), line.find("'''"), line.find("//"), line.size()});
            const std::string_view mark = line.substr(at, 3);
            if (at == line.size() || mark.starts_with("//")) {
                return;
            }
            m_end = mark.starts_with("/*") ? "*/" : mark == "\"\"\"" ? "\"\"\"" : "'''";
            line.remove_prefix(at + (mark.starts_with("/*") ? 2 : 3));
        }
    }

private:
    std::string_view m_end; ///< what ends the one under way
};

class Source {
public:
    explicit Source(Draft& draft) : m_draft(draft), m_tree(draft, m_breaker, kSectionPassages), m_packer(draft.text, m_tree, m_breaker) {}

    Result<void> read()
    {
        const std::string_view text = m_draft.text;
        for (std::size_t at = 0; at < text.size() && !m_tree.full();) {
            const auto newline = std::min(text.find('\n', at), text.size() - 1);
            const std::string_view raw = text.substr(at, newline + 1 - at);
            ++m_line;
            look(raw.substr(0, contentEnd(raw, 0, raw.size())), at);
            at = newline + 1;
        }
        m_packer.block(text.size());
        m_packer.flush();
        return m_tree.finish();
    }

private:
    /// Looks at the line that begins at `at`.
    void look(std::string_view line, std::size_t at)
    {
        if (line.empty()) {
            m_gap = true;
            return;
        }
        const bool edge = !m_context.inside() && !isBlank(line.front()) &&
            std::string_view("})]").find(line.front()) == std::string_view::npos;
        if (edge && m_gap && !m_lead) {
            m_lead = Lead{at, m_line}; // a comment or an attribute belongs to what comes under it
        } else if (m_gap && !m_lead && at > m_blockBegin && !m_context.inside()) {
            m_packer.block(at);
            m_blockBegin = at;
        }
        if (edge && m_lead && !isComment(line) && !line.starts_with('@') && !line.starts_with("#[")) {
            begin(line);
        }
        m_context.pass(line);
        m_gap = edge ? false : (line.front() == '}' || line == "end" || line.starts_with("end ")) && !m_context.inside();
    }

    void begin(std::string_view line)
    {
        if (m_lead->at > m_blockBegin) {
            m_packer.block(m_lead->at);
            m_blockBegin = m_lead->at;
        }
        if (defines(line)) {
            m_packer.flush();
            std::string_view signature = line;
            while (!signature.empty() &&
                (isBlank(signature.back()) || std::string_view("{:=").find(signature.back()) != std::string_view::npos)) {
                signature.remove_suffix(1);
            }
            m_tree.section(oneLine(signature, kSignatureBytesMax));
            m_packer.label("line " + std::to_string(m_lead->line), 0);
        }
        m_lead.reset();
    }

    struct Lead {
        std::size_t at;
        std::size_t line;
    };

    Draft& m_draft;
    Breaker m_breaker;
    TreeBuilder m_tree;
    PassagePacker m_packer;
    Context m_context;
    std::optional<Lead> m_lead; ///< where what is to come begins
    std::size_t m_blockBegin = 0;
    std::size_t m_line = 0;
    bool m_gap = true; ///< before this line
};

} // namespace

std::string_view languageOf(std::string_view name, std::string_view extension)
{
    const auto found = std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& one) { return one.extension == extension; });
    if (found != kLanguages.end()) {
        return found->name;
    }
    return name == "Makefile" || name == "GNUmakefile" ? "Make"
        : name == "CMakeLists.txt"                     ? "CMake"
        : name == "Dockerfile"                         ? "Dockerfile"
                                                       : "";
}

Result<void> readSource(Draft& draft, std::string_view language)
{
    draft.mediaType = "text/x-source";
    addMetadata(draft, "language", language);
    return Source(draft).read();
}

} // namespace carma::ingest
