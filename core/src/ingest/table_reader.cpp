// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// CSV as RFC 4180 has it, with the separator that the file uses.
#include "ingest/formats.h"
#include "ingest/tree_builder.h"

#include <algorithm>

namespace carma::ingest {

namespace {

constexpr std::size_t kColumnsMax = 2000;
constexpr std::size_t kSectionPassages = 24;
/// Each row repeats the names of its columns: without a bound a table could become a hundred times as large.
constexpr std::size_t kTableBytesMax = 256U << 20U;

/// Reads a table row by row.
class Rows {
public:
    Rows(std::string_view file, char separator) : m_rest(file), m_separator(separator) {}

    [[nodiscard]] bool atEnd() const { return m_rest.empty(); }

    /// The fields of the next row. A quote that is not closed ends with the file.
    std::vector<std::string> next()
    {
        std::vector<std::string> fields(1);
        while (!m_rest.empty()) {
            const char c = m_rest.front();
            if (c == '"' && fields.back().empty()) {
                quoted(fields.back());
                continue;
            }
            m_rest.remove_prefix(1);
            if (c == '\n') {
                break;
            }
            if (c == m_separator && fields.size() < kColumnsMax) {
                fields.emplace_back();
            } else if (c != '\r') {
                fields.back() += c;
            }
        }
        return fields;
    }

private:
    void quoted(std::string& field)
    {
        m_rest.remove_prefix(1);
        while (!m_rest.empty()) {
            const auto quote = std::min(m_rest.find('"'), m_rest.size());
            field += m_rest.substr(0, quote);
            m_rest.remove_prefix(std::min(quote + 1, m_rest.size()));
            if (!m_rest.starts_with('"')) {
                return;
            }
            field += '"';
            m_rest.remove_prefix(1);
        }
    }

    std::string_view m_rest;
    char m_separator;
};

/// What splits the first rows into the same number of fields, more than one; 0 if nothing does.
char separatorOf(std::string_view file)
{
    char best = '\0';
    std::size_t most = 1;
    for (const char separator : {'\t', ';', ',', '|'}) {
        Rows rows(file.substr(0, 64U << 10U), separator);
        const std::size_t columns = rows.next().size();
        std::size_t equal = 0;
        std::size_t looked = 0;
        while (!rows.atEnd() && looked < 20) {
            const auto fields = rows.next();
            const bool empty = fields.size() == 1 && trimmed(fields[0]).empty();
            equal += !empty && fields.size() == columns ? 1U : 0U;
            looked += empty ? 0U : 1U;
        }
        if (columns > most && equal * 2 >= looked) {
            most = columns;
            best = separator;
        }
    }
    return best;
}

std::string rowText(const std::vector<std::string>& header, const std::vector<std::string>& fields)
{
    std::string text;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string value = oneLine(fields[i], kPassageBytesMax / 2);
        if (value.empty()) {
            continue;
        }
        text += text.empty() ? "" : "; ";
        text += i < header.size() && !header[i].empty() ? header[i] + ": " + value : value;
    }
    return text;
}

} // namespace

Result<bool> readTable(std::string_view file, Draft& draft)
{
    file.remove_prefix(file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    const char separator = separatorOf(file);
    if (separator == '\0') {
        return false;
    }
    Rows rows(file, separator);
    std::vector<std::string> header = rows.next();
    for (std::string& column : header) {
        column = oneLine(column, kTagBytesMax);
    }
    Breaker breaker;
    TreeBuilder tree(draft, breaker, kSectionPassages);
    PassagePacker packer(draft.text, tree, breaker);
    std::size_t inPassage = 0;
    std::size_t number = 1;
    while (!rows.atEnd() && !tree.full()) {
        const std::string text = rowText(header, rows.next());
        ++number;
        if (text.empty()) {
            continue;
        }
        if (inPassage > 0 && inPassage + text.size() > kPassageBytesGoal) {
            packer.flush();
            inPassage = 0;
        }
        if (inPassage == 0) {
            packer.label("row " + std::to_string(number), 0);
        }
        if (draft.text.size() + text.size() >= kTableBytesMax) {
            return Error{
                ErrorCode::LimitExceeded, "is a table that makes more than " + std::to_string(kTableBytesMax >> 20U) + " MiB of text"};
        }
        draft.text += text + "\n";
        packer.block(draft.text.size());
        inPassage += text.size() + 1;
    }
    if (draft.text.empty()) {
        return false; // a header alone
    }
    packer.flush();
    draft.mediaType = separator == '\t' ? "text/tab-separated-values" : "text/csv";
    std::string columns;
    for (const std::string& column : header) {
        columns += columns.empty() || column.empty() ? "" : ", ";
        columns += column;
    }
    addMetadata(draft, "columns", columns);
    addMetadata(draft, "rows", std::to_string(number - 1));
    CARMA_TRY(tree.finish());
    return true;
}

} // namespace carma::ingest
