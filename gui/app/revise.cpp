// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/revise.h"

#include <algorithm>
#include <set>

namespace carma::gui {

Result<DocumentSummary> retag(Store& store, const DocumentSummary& document, std::vector<std::string> tags)
{
    CARMA_TRY_ASSIGN(const std::string bytes, store.memory().original(document.id));
    return replaceDocument(store, document.id, bytes, std::move(tags), bytes.size());
}

Result<DocumentSummary> restoreVersion(Store& store, const DocumentSummary& current, const DocumentSummary& wanted)
{
    CARMA_TRY_ASSIGN(const std::string bytes, store.memory().original(wanted.id));
    return replaceDocument(store, current.id, bytes, wanted.tags, bytes.size());
}

Result<std::vector<DocumentSummary>> otherVersionsOf(Store& store, const std::vector<DocumentSummary>& documents)
{
    std::set<FragmentId> known;
    for (const DocumentSummary& each : documents) {
        known.insert(each.id);
    }
    std::vector<DocumentSummary> others;
    for (const DocumentSummary& each : documents) {
        CARMA_TRY_ASSIGN(std::vector<DocumentSummary> versions, versionsOf(store, each.id));
        for (DocumentSummary& version : versions) {
            if (known.insert(version.id).second) {
                others.push_back(std::move(version));
            }
        }
    }
    return others;
}

const DocumentSummary* versionAt(const std::vector<DocumentSummary>& versions, std::int64_t timeUs)
{
    const DocumentSummary* found = nullptr;
    for (const DocumentSummary& each : versions) {
        if (each.createdUs <= timeUs) {
            found = &each;
        }
    }
    return found;
}

std::vector<std::string> tagsIn(const std::string& typed)
{
    std::vector<std::string> tags;
    std::string word;
    const auto take = [&] {
        const auto first = word.find_first_not_of(" \t\r");
        if (first != std::string::npos) {
            std::string tag = word.substr(first, word.find_last_not_of(" \t\r") - first + 1);
            if (std::ranges::find(tags, tag) == tags.end()) {
                tags.push_back(std::move(tag));
            }
        }
        word.clear();
    };
    for (const char letter : typed) {
        if (letter == ',' || letter == '\n') {
            take();
        } else {
            word += letter;
        }
    }
    take();
    return tags;
}

} // namespace carma::gui
