// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/language/query_language.h"

#include <carma/moment.h>

#include <algorithm>
#include <array>

namespace carma::query {

namespace {

constexpr std::size_t kPrefixMin = 2; // one letter begins too many words
constexpr std::array<std::string_view, 6> kFields{"title", "tag", "speaker", "path", "before", "after"};

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
/// Letters of ASCII and all bytes of other characters.
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }
bool isWordByte(char c) { return isLetter(c) || isDigit(c) || c == '_'; }

class Parser {
public:
    Parser(std::string_view text, std::int64_t nowUs) : m_text(text), m_nowUs(nowUs) {}

    Result<ParsedQuery> parse()
    {
        if (m_text.size() > kQueryBytesMax) {
            return failure(kQueryBytesMax, "the query is longer than 64 KiB");
        }
        while (m_at < m_text.size()) {
            if (isSpace(m_text[m_at])) {
                ++m_at;
            } else {
                CARMA_TRY(token());
            }
        }
        if (m_query.isPlain()) {
            m_query.text = m_text; // as it was typed
        }
        if (std::ranges::all_of(m_query.text, isSpace) && m_query.prefixes.empty()) {
            return failure(
                0, m_query.isPlain() ? "the query is empty" : "the query says what not to find or where to look, but no word to look for");
        }
        return std::move(m_query);
    }

private:
    [[nodiscard]] Error failure(std::size_t at, const std::string& what) const
    {
        const auto begin = m_text.substr(0, at);
        const auto characters = std::ranges::count_if(begin, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
        return {ErrorCode::InvalidArgument, what + " (column " + std::to_string(characters + 1) + ")"};
    }

    Result<void> token()
    {
        const std::size_t begin = m_at;
        const char sign = m_text[m_at];
        std::size_t at = m_at;
        if ((sign == '+' || sign == '-') && at + 1 < m_text.size() && (isLetter(m_text[at + 1]) || m_text[at + 1] == '"')) {
            ++at;
        }
        const bool isSigned = at > begin;
        const bool negated = isSigned && sign == '-';
        if (m_text[at] == '"') {
            return phrase(at, negated);
        }
        std::size_t end = at;
        while (end < m_text.size() && !isSpace(m_text[end])) {
            ++end;
        }
        const std::string_view word = m_text.substr(at, end - at);
        for (const std::string_view field : kFields) {
            if (word.size() > field.size() + 1 && word.starts_with(field) && word[field.size()] == ':' && word[field.size() + 1] != ':') {
                return fieldCondition(field, at + field.size() + 1, negated);
            }
        }
        m_at = end;
        plainToken(word, isSigned, negated, begin);
        return {};
    }

    void plainToken(std::string_view word, bool isSigned, bool negated, std::size_t begin)
    {
        const std::string_view stem = word.substr(0, word.size() - (word.ends_with('*') ? 1 : 0));
        if (stem.size() < word.size() && stem.size() >= kPrefixMin && std::ranges::all_of(stem, isWordByte)) {
            if (isSigned) {
                m_query.words.push_back({WordCondition::Kind::Prefix, negated, std::string(stem)});
            }
            if (!negated) {
                m_query.prefixes.emplace_back(stem);
            }
        } else if (isSigned) {
            m_query.words.push_back({WordCondition::Kind::Words, negated, std::string(word)});
            if (!negated) {
                say(word);
            }
        } else {
            say(m_text.substr(begin, m_at - begin));
        }
    }

    /// The text between the quote at `at` and the next one; `at` moves behind that.
    Result<std::string_view> quoted(std::size_t& at) const
    {
        const std::size_t end = m_text.find('"', at + 1);
        if (end == std::string_view::npos) {
            return failure(at, "the quotes that open here are not closed");
        }
        const std::string_view text = m_text.substr(at + 1, end - at - 1);
        at = end + 1;
        return text;
    }

    Result<void> phrase(std::size_t at, bool negated)
    {
        CARMA_TRY_ASSIGN(const std::string_view text, quoted(at));
        m_at = at;
        if (!std::ranges::all_of(text, isSpace)) {
            m_query.words.push_back({WordCondition::Kind::Words, negated, std::string(text)});
            if (!negated) {
                say(text);
            }
        }
        return {};
    }

    Result<void> fieldCondition(std::string_view field, std::size_t at, bool negated)
    {
        const std::size_t begin = at;
        std::string_view value;
        if (m_text[at] == '"') {
            CARMA_TRY_ASSIGN(value, quoted(at));
        } else {
            while (at < m_text.size() && !isSpace(m_text[at])) {
                ++at;
            }
            value = m_text.substr(begin, at - begin);
        }
        m_at = at;
        if (std::ranges::all_of(value, isSpace)) {
            return failure(begin, std::string(field) + ": needs a value");
        }
        if (field == "before" || field == "after") {
            const auto moment = parseMoment(value, m_nowUs);
            if (!moment.has_value()) {
                return failure(begin, moment.error().message);
            }
            limitTime(*moment, (field == "before") != negated);
        } else if (field == "title") {
            m_query.words.push_back({WordCondition::Kind::Title, negated, std::string(value)});
        } else {
            const auto kind = field == "tag" ? FieldCondition::Field::Tag
                : field == "path"            ? FieldCondition::Field::Path
                                             : FieldCondition::Field::Speaker;
            m_query.fields.push_back({kind, negated, std::string(value)});
        }
        return {};
    }

    void limitTime(std::int64_t moment, bool isEnd)
    {
        std::optional<std::int64_t>& limit = isEnd ? m_query.toUs : m_query.fromUs;
        limit = !limit ? moment : isEnd ? std::min(*limit, moment) : std::max(*limit, moment);
    }

    void say(std::string_view words)
    {
        m_query.text += m_query.text.empty() ? "" : " ";
        m_query.text += words;
    }

    const std::string_view m_text;
    const std::int64_t m_nowUs;
    std::size_t m_at = 0;
    ParsedQuery m_query;
};

} // namespace

Result<ParsedQuery> parseQuery(std::string_view text, std::int64_t nowUs) { return Parser(text, nowUs).parse(); }

} // namespace carma::query
