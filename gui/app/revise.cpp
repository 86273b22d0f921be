// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/revise.h"

#include <algorithm>
#include <set>

namespace carma::gui {

namespace {

constexpr std::size_t kPage = 10000;

/// The same for all versions of a document, and for those only.
std::string lineOf(const DocumentSummary& document)
{
    const std::string name = !document.path.empty() ? "path " + document.path
        : document.externalId.empty()               ? "id " + toString(document.id)
                                                    : "id " + document.externalId;
    return document.space + '/' + name;
}

/// Visits all documents of a namespace that are not forgotten, old versions included.
Result<void> walk(
    Memory& memory, const std::string& space, const std::function<bool()>& goOn, const std::function<void(DocumentSummary&)>& visit)
{
    ListOptions options;
    options.space = space;
    options.oldVersions = true;
    options.limit = kPage;
    for (bool last = false; !last && goOn();) {
        CARMA_TRY_ASSIGN(std::vector<DocumentSummary> page, memory.list(options));
        last = page.size() < kPage;
        options.after = page.empty() ? options.after : page.back().id;
        for (DocumentSummary& each : page) {
            if (each.state != FragmentState::Forgotten) {
                visit(each);
            }
        }
    }
    return {};
}

/// The version that came of a document just now. A path and an external id of the user's own name it without reading the list.
Result<DocumentSummary> newestOf(Memory& memory, const DocumentSummary& document)
{
    const std::string name = !document.path.empty() ? document.path : document.externalId;
    if (!name.empty() && !parseId<FragmentId>(name)) { // an id names that very version
        const auto id = memory.resolve(name);
        const auto view = id ? memory.show(*id) : Result<FragmentView>(id.error());
        if (view && *id != document.id && areVersions(view->document, document)) {
            return view->document;
        }
    }
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> versions, versionsOf(memory, document, [] { return true; }));
    if (versions.empty()) {
        return Error{ErrorCode::NotFound, "the new version of " + toString(document.id) + " is not listed"};
    }
    return versions.back();
}

} // namespace

Result<DocumentSummary> revise(Memory& memory, const DocumentSummary& document, std::string_view bytes, std::vector<std::string> tags)
{
    IngestOptions options;
    options.space = document.space;
    options.tags = std::move(tags);
    options.replaces = document.id;
    options.fileBytesMax = std::max<std::uint64_t>(options.fileBytesMax, bytes.size());
    CARMA_TRY_ASSIGN(const IngestReport report, memory.ingestBytes(document.path, bytes, options));
    if (!report.refused.empty()) {
        return Error{ErrorCode::InvalidArgument, report.refused.front().path + ": " + report.refused.front().reason};
    }
    return newestOf(memory, document);
}

Result<DocumentSummary> retag(Memory& memory, const DocumentSummary& document, std::vector<std::string> tags)
{
    CARMA_TRY_ASSIGN(const std::string bytes, memory.original(document.id));
    return revise(memory, document, bytes, std::move(tags));
}

Result<DocumentSummary> restoreVersion(Memory& memory, const DocumentSummary& current, const DocumentSummary& wanted)
{
    CARMA_TRY_ASSIGN(const std::string bytes, memory.original(wanted.id));
    return revise(memory, current, bytes, wanted.tags);
}

bool areVersions(const DocumentSummary& one, const DocumentSummary& other) { return one.id == other.id || lineOf(one) == lineOf(other); }

Result<std::vector<DocumentSummary>> versionsOf(Memory& memory, const DocumentSummary& document, const std::function<bool()>& isWanted)
{
    std::vector<DocumentSummary> versions;
    CARMA_TRY(walk(memory, document.space, isWanted, [&](DocumentSummary& each) {
        if (areVersions(each, document)) {
            versions.push_back(std::move(each));
        }
    }));
    std::ranges::stable_sort(versions, {}, &DocumentSummary::createdUs);
    return versions;
}

Result<std::vector<DocumentSummary>> otherVersionsOf(Memory& memory, const std::vector<DocumentSummary>& documents)
{
    std::set<std::string> lines, spaces;
    std::set<FragmentId> known;
    for (const DocumentSummary& each : documents) {
        lines.insert(lineOf(each));
        spaces.insert(each.space);
        known.insert(each.id);
    }
    std::vector<DocumentSummary> others;
    for (const std::string& space : spaces) {
        CARMA_TRY(walk(
            memory, space, [] { return true; },
            [&](DocumentSummary& each) {
                if (lines.contains(lineOf(each)) && !known.contains(each.id)) {
                    others.push_back(std::move(each));
                }
            }));
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
