// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace carma::ingest {

/// Which names are left out, in the syntax of https://git-scm.com/docs/gitignore: comments, negation, anchors,
/// folders only, *, ?, [...], ** and escapes. Of the rules that match, the last one counts.
class IgnoreRules {
public:
    /// Adds the rules of an ignore file that lies in the folder `base` ("" or "a/b").
    void add(std::string_view file, std::string_view base);
    [[nodiscard]] std::size_t size() const { return m_rules.size(); }
    /// Forgets the rules behind the first `size`.
    void truncate(std::size_t size) { m_rules.resize(size); }

    /// `path` is relative to the root, '/'-separated. Whether a folder above it is left out is the caller's matter.
    [[nodiscard]] bool ignores(std::string_view path, bool isFolder) const;

    static constexpr std::size_t kRulesMax = 20'000; ///< what comes beyond is passed over
    static constexpr std::size_t kPatternBytesMax = 1000;

private:
    struct Rule {
        std::string base;
        std::vector<std::string> segments; ///< of the pattern; one "**" for any number of folders
        bool negated = false;
        bool folderOnly = false;
        bool anchored = false;
    };

    static bool matches(const Rule& rule, std::string_view path);

    std::vector<Rule> m_rules;
};

/// Whether a name without '/' matches a pattern of *, ?, [...] and escapes. Takes time linear in both lengths multiplied.
bool matchesGlob(std::string_view pattern, std::string_view name);

} // namespace carma::ingest
