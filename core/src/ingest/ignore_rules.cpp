// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/ignore_rules.h"

#include <algorithm>
#include <optional>

namespace carma::ingest {

namespace {

/// What stands at the front of a pattern, matched with one character: the bytes of the pattern it takes, or no value.
std::optional<std::size_t> matchesOne(std::string_view pattern, char c)
{
    if (pattern.front() == '?') {
        return 1;
    }
    if (pattern.front() == '\\' && pattern.size() > 1) {
        return pattern[1] == c ? std::optional<std::size_t>(2) : std::nullopt;
    }
    const auto close = pattern.front() == '[' ? pattern.find(']', 2) : std::string_view::npos;
    if (close == std::string_view::npos) {
        return pattern.front() == c ? std::optional<std::size_t>(1) : std::nullopt;
    }
    std::string_view set = pattern.substr(1, close - 1);
    const bool negated = set.front() == '!' || set.front() == '^';
    set.remove_prefix(negated ? 1 : 0);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            found = found || (set[i] <= c && c <= set[i + 2]);
            i += 2;
        } else {
            found = found || set[i] == c;
        }
    }
    return found != negated ? std::optional(close + 1) : std::nullopt;
}

std::vector<std::string_view> parts(std::string_view path)
{
    std::vector<std::string_view> found;
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        if (slash > 0) {
            found.push_back(path.substr(0, slash));
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return found;
}

/// A line without its end and without the blanks behind it that are not escaped.
std::string_view withoutTrailing(std::string_view line)
{
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    while (line.ends_with(' ') && !line.ends_with("\\ ")) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

bool matchesGlob(std::string_view pattern, std::string_view name)
{
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos; // the last '*' and where the name stood there: only it is gone back to
    std::size_t starIn = 0;
    while (in < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            starIn = in;
            continue;
        }
        const auto taken = at < pattern.size() ? matchesOne(pattern.substr(at), name[in]) : std::nullopt;
        if (taken) {
            at += *taken;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in = ++starIn;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*') {
        ++at;
    }
    return at == pattern.size();
}

void IgnoreRules::add(std::string_view file, std::string_view base)
{
    while (!file.empty()) {
        const auto newline = std::min(file.find('\n'), file.size());
        std::string_view line = withoutTrailing(file.substr(0, newline));
        file.remove_prefix(std::min(newline + 1, file.size()));
        if (line.empty() || line.front() == '#' || line.size() > kPatternBytesMax || m_rules.size() >= kRulesMax) {
            continue;
        }
        Rule rule;
        rule.base = base;
        rule.negated = line.front() == '!';
        line.remove_prefix(rule.negated ? 1 : 0);
        rule.folderOnly = line.ends_with('/');
        line.remove_suffix(rule.folderOnly ? 1 : 0);
        rule.anchored = line.find('/') != std::string_view::npos;
        for (const std::string_view part : parts(line)) {
            if (part != "**" || rule.segments.empty() || rule.segments.back() != "**") {
                rule.segments.emplace_back(part);
            }
        }
        if (!rule.segments.empty()) {
            m_rules.push_back(std::move(rule));
        }
    }
}

bool IgnoreRules::matches(const Rule& rule, std::string_view path)
{
    if (!rule.base.empty()) {
        if (path.size() <= rule.base.size() || !path.starts_with(rule.base) || path[rule.base.size()] != '/') {
            return false;
        }
        path.remove_prefix(rule.base.size() + 1);
    }
    const std::vector<std::string_view> names = parts(path);
    if (names.empty()) {
        return false;
    }
    if (!rule.anchored) {
        return matchesGlob(rule.segments.front(), names.back());
    }
    // reached[i]: the segments so far match the first i names.
    std::vector<bool> reached(names.size() + 1, false);
    reached[0] = true;
    for (std::size_t s = 0; s < rule.segments.size(); ++s) {
        std::vector<bool> next(names.size() + 1, false);
        if (rule.segments[s] == "**") {
            const bool last = s + 1 == rule.segments.size();
            bool any = false;
            for (std::size_t i = 0; i <= names.size(); ++i) {
                next[i] = any || (reached[i] && !last); // at the end it stands for what is inside, not for the folder itself
                any = any || reached[i];
            }
        } else {
            for (std::size_t i = 0; i < names.size(); ++i) {
                next[i + 1] = reached[i] && matchesGlob(rule.segments[s], names[i]);
            }
        }
        reached = std::move(next);
    }
    return reached[names.size()];
}

bool IgnoreRules::ignores(std::string_view path, bool isFolder) const
{
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule) {
        if ((isFolder || !rule->folderOnly) && matches(*rule, path)) {
            return !rule->negated;
        }
    }
    return false;
}

} // namespace carma::ingest
