// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"
#include "store/memory_ingest_run.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kLoneNoteBytes = 4096; // up to here a note is one passage in one record
constexpr std::size_t kNoteBytesMax = 64U << 20U;

} // namespace

/// LimitExceeded if a hard stop forbids the namespace to grow.
Result<void> MemoryImpl::admitChange(std::string_view space)
{
    CARMA_TRY(m_core.metering().admit(space, billing::Measure::Fragments));
    return m_core.metering().admit(space, billing::Measure::IngestedBytes);
}

Result<std::vector<FragmentId>> MemoryImpl::remember(std::string_view space, const std::vector<NewMemory>& memories)
{
    return rememberWith(space, memories, {});
}

Result<std::vector<FragmentId>> MemoryImpl::rememberWith(
    std::string_view space, const std::vector<NewMemory>& memories, const AlsoQueue& also)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    CARMA_TRY(admitChange(space));
    CARMA_TRY_ASSIGN(const auto keys, m_core.spaceOrCreate(space));
    std::vector<ingest::Draft> drafts;
    for (const NewMemory& memory : memories) {
        if (memory.text.size() > kNoteBytesMax) {
            return Error{ErrorCode::LimitExceeded, "a note has at most 64 MiB"};
        }
        // Reading all of them first refuses a bad text before any good one is written.
        CARMA_TRY_ASSIGN(ingest::Draft draft, ingest::draftNote(memory.title, memory.text));
        drafts.push_back(std::move(draft));
    }
    DocumentWriter writer(m_core, keys->id);
    std::vector<FragmentId> ids;
    for (std::size_t i = 0; i < memories.size(); ++i) {
        const NewMemory& memory = memories[i];
        FragmentId replaces;
        if (!memory.externalId.empty()) {
            CARMA_TRY_ASSIGN(const auto known, m_core.catalog->documentByExternalId(keys->id, memory.externalId));
            replaces = known ? known->id : FragmentId{};
        }
        if (memory.text.size() <= kLoneNoteBytes) {
            FragmentBody note;
            note.title = drafts[i].title;
            note.externalId = memory.externalId;
            note.tags = memory.tags;
            note.replaces = replaces;
            note.text = memory.text;
            CARMA_TRY_ASSIGN(const FragmentId id, writer.addNote(std::move(note)));
            ids.push_back(id);
        } else {
            DocumentWriter::Source source;
            source.externalId = memory.externalId;
            source.tags = memory.tags;
            source.original = asBytes(memory.text);
            source.replaces = replaces;
            CARMA_TRY_ASSIGN(const FragmentId id, writer.add(drafts[i], source));
            ids.push_back(id);
        }
        if (also) {
            CARMA_TRY(also(writer, ids.back()));
        }
    }
    CARMA_TRY(writer.flush());
    std::uint64_t passages = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < memories.size(); ++i) {
        passages += static_cast<std::uint64_t>(std::ranges::count(drafts[i].nodes, ingest::Level::Passage, &ingest::Node::level));
        bytes += memories[i].text.size();
    }
    countAdded(m_core.metering(), space, passages, bytes);
    return ids;
}

Result<std::optional<NamespaceId>> MemoryImpl::ingestSpace(const IngestOptions& options)
{
    if (!options.dryRun) {
        CARMA_TRY(admitChange(options.space));
        CARMA_TRY_ASSIGN(const auto keys, m_core.spaceOrCreate(options.space));
        return std::optional(keys->id);
    }
    const auto keys = m_core.space(options.space);
    if (!keys.has_value() && keys.error().code != ErrorCode::NotFound) {
        return keys.error();
    }
    return keys.has_value() ? std::optional((*keys)->id) : std::nullopt;
}

Result<IngestReport> MemoryImpl::ingestFound(ingest::WalkResult found, const IngestOptions& options, const Task& task)
{
    CARMA_TRY_ASSIGN(const auto space, ingestSpace(options));
    IngestRun run(m_core, space, m_parsers, options);
    run.report.ignored = found.ignored;
    if (options.sinceUs) {
        run.report.older = std::erase_if(found.files, [&](const ingest::SourceFile& file) { return file.modifiedUs < *options.sinceUs; });
    }
    for (const ingest::SkippedFile& skipped : found.skipped) {
        (skipped.reason.code == ErrorCode::AlreadyExists ? run.report.skipped : run.report.refused)
            .push_back({skipped.path, skipped.reason.message});
    }
    CARMA_TRY(run.addAll(found.files, task));
    CARMA_TRY(run.finish());
    return std::move(run.report);
}

Result<ingest::WalkResult> MemoryImpl::walk(const std::vector<std::string>& paths, const IngestOptions& options) const
{
    if (options.replaces) {
        return Error{ErrorCode::InvalidArgument, "files are not the new version of one document: give its bytes"};
    }
    ingest::WalkOptions walkOptions;
    walkOptions.fileBytesMax = options.fileBytesMax;
    walkOptions.hidden = options.hidden;
    walkOptions.ignoreFiles = options.ignoreFiles;
    walkOptions.avoid = m_core.path;
    return ingest::walkSources(paths, walkOptions);
}

Result<IngestReport> MemoryImpl::ingest(const std::vector<std::string>& paths, const IngestOptions& options, const Task& task)
{
    if (m_core.readOnly && !options.dryRun) {
        return m_core.readOnlyError();
    }
    CARMA_TRY_ASSIGN(ingest::WalkResult found, walk(paths, options));
    return ingestFound(std::move(found), options, task);
}

Result<IngestReport> MemoryImpl::ingestBytes(std::string_view path, std::string_view bytes, const IngestOptions& options)
{
    if (m_core.readOnly && !options.dryRun) {
        return m_core.readOnlyError();
    }
    if (bytes.size() > options.fileBytesMax) {
        return Error{ErrorCode::LimitExceeded, "the input is larger than the limit of " + std::to_string(options.fileBytesMax) + " bytes"};
    }
    CARMA_TRY_ASSIGN(const auto space, ingestSpace(options));
    IngestRun run(m_core, space, m_parsers, options);
    CARMA_TRY(run.add({std::string(path), std::string(path), asBytes(bytes), m_core.world.clock->wallTimeUs()}));
    CARMA_TRY(run.finish());
    return std::move(run.report);
}

} // namespace carma::store
