// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/query_documents.h"

#include <algorithm>
#include <unordered_set>

namespace carma::store {

namespace {

using Field = query::FieldCondition::Field;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool isSame(char a, char b) { return lower(a) == lower(b); }

bool isEqual(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, isSame); }
bool contains(std::string_view text, std::string_view part) { return !std::ranges::search(text, part, isSame).empty(); }

bool matches(const catalog::DocumentRow& row, const query::FieldCondition& condition)
{
    if (condition.field == Field::Speaker) {
        return true; // told by the passage
    }
    const bool holds = condition.field == Field::Path
        ? contains(row.path, condition.value)
        : std::ranges::any_of(row.tags, [&](const std::string& tag) { return isEqual(tag, condition.value); });
    return holds != condition.negated;
}

bool hasSpeaker(std::string_view text, std::string_view name)
{
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.size() > name.size() && line[name.size()] == ':' && isEqual(line.substr(0, name.size()), name)) {
            return true;
        }
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return false;
}

} // namespace

Result<std::optional<FoundDocuments>> documentsFor(
    catalog::Catalog& catalog, const NamespaceId& space, const query::ParsedQuery& parsed, std::optional<std::int64_t> asOfUs)
{
    const bool hasFields = std::ranges::any_of(parsed.fields, [](const auto& field) { return field.field != Field::Speaker; });
    if (!hasFields && !asOfUs) {
        return std::optional<FoundDocuments>();
    }
    catalog::Catalog::DocumentFilter filter;
    filter.space = space;
    filter.oldVersions = asOfUs.has_value();
    std::vector<catalog::DocumentRow> rows;
    for (;;) {
        CARMA_TRY_ASSIGN(auto page, catalog.documents(filter));
        const bool isLast = page.size() < filter.limit;
        std::ranges::move(page, std::back_inserter(rows));
        if (isLast) {
            break;
        }
        filter.after = rows.back().id;
    }
    std::unordered_set<FragmentId> replaced; // by a version of the time or an earlier one
    if (asOfUs) {
        std::erase_if(rows, [&](const catalog::DocumentRow& row) { return row.createdUs > *asOfUs; });
        for (const catalog::DocumentRow& row : rows) {
            replaced.insert(row.replaces);
        }
    }
    FoundDocuments found;
    for (const catalog::DocumentRow& row : rows) {
        const bool fits = std::ranges::all_of(parsed.fields, [&](const auto& field) { return matches(row, field); });
        if (fits && !replaced.contains(row.id)) {
            found.ids.push_back(row.id);
            found.passages += row.fragments;
        }
    }
    std::ranges::sort(found.ids);
    return std::optional(std::move(found));
}

bool speakersMatch(std::string_view text, const query::ParsedQuery& parsed)
{
    return std::ranges::all_of(parsed.fields, [&](const query::FieldCondition& condition) {
        return condition.field != Field::Speaker || hasSpeaker(text, condition.value) != condition.negated;
    });
}

} // namespace carma::store
