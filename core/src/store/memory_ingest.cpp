// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"

#include <filesystem>

namespace carma::store {

namespace {

constexpr std::size_t kLoneNoteBytes = 4096; // up to here a note is one passage in one record
constexpr std::size_t kNoteBytesMax = 64U << 20U;

/// Whether an error concerns the whole store rather than the file at hand.
bool endsIngest(const Error& error)
{
    switch (error.code) {
    case ErrorCode::Io:
    case ErrorCode::NoSpace:
    case ErrorCode::Busy:
    case ErrorCode::Cancelled:
    case ErrorCode::Internal:
    case ErrorCode::DamagedStore: return true;
    default: return false;
    }
}

} // namespace

Result<std::vector<FragmentId>> MemoryImpl::remember(std::string_view space, const std::vector<NewMemory>& memories)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
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
    }
    CARMA_TRY(writer.flush());
    return ids;
}

Result<void> MemoryImpl::ingestOne(
    DocumentWriter& writer, const NamespaceId& space, const Incoming& file, const IngestOptions& options, IngestReport& report)
{
    const crypto::Digest digest = crypto::sha256(file.bytes);
    CARMA_TRY_ASSIGN(const auto known, m_core.catalog->documentByPath(space, file.path));
    if (known && known->digest == digest) {
        ++report.unchanged;
        return {};
    }
    CARMA_TRY_ASSIGN(const ingest::Draft draft, ingest::readDocument(file.path, file.bytes));
    DocumentWriter::Source source;
    source.path = file.path;
    source.tags = options.tags;
    source.original = file.bytes;
    source.keepOriginal = options.keepOriginals;
    source.modifiedUs = file.modifiedUs;
    source.replaces = known ? known->id : FragmentId{};
    if (!draft.textIsOriginal && options.keepOriginals) {
        CARMA_TRY_ASSIGN(const auto equal, m_core.catalog->documentByDigest(space, digest));
        source.sharedPieces = equal ? equal->pieces : std::vector<Sequence>{};
    }
    CARMA_TRY(writer.add(draft, source));
    ++report.files;
    report.updated += known ? 1 : 0;
    report.bytes += file.bytes.size();
    for (const ingest::Node& node : draft.nodes) {
        report.passages += node.level == ingest::Level::Passage ? 1 : 0;
    }
    return {};
}

Result<IngestReport> MemoryImpl::ingest(const std::vector<std::string>& paths, const IngestOptions& options, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    const std::int64_t started = m_core.world.clock->monotonicUs();
    ingest::WalkOptions walkOptions;
    walkOptions.fileBytesMax = options.fileBytesMax;
    walkOptions.hidden = options.hidden;
    walkOptions.avoid = m_core.path;
    CARMA_TRY_ASSIGN(const ingest::WalkResult found, ingest::walkSources(paths, walkOptions));
    CARMA_TRY_ASSIGN(const auto keys, m_core.spaceOrCreate(options.space));
    IngestReport report;
    for (const ingest::SkippedFile& skipped : found.skipped) {
        (skipped.reason.code == ErrorCode::AlreadyExists ? report.skipped : report.refused)
            .push_back({skipped.path, skipped.reason.message});
    }
    DocumentWriter writer(m_core, keys->id);
    std::uint64_t done = 0;
    for (const ingest::SourceFile& file : found.files) {
        if (task.cancelled()) {
            report.cancelled = true;
            break;
        }
        const auto bytes = ingest::readSource(file, options.fileBytesMax);
        if (!bytes.has_value()) {
            report.refused.push_back({file.path, bytes.error().message});
            continue;
        }
        const auto added = ingestOne(writer, keys->id, {file.relative, *bytes, file.modifiedUs}, options, report);
        if (!added.has_value()) {
            if (endsIngest(added.error())) {
                return added.error().within("after " + std::to_string(report.files) + " files, at " + file.path);
            }
            report.refused.push_back({file.path, added.error().message});
        }
        task.report({"ingesting", ++done, found.files.size(), "files"});
    }
    CARMA_TRY(writer.flush());
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

Result<IngestReport> MemoryImpl::ingestBytes(std::string_view path, std::string_view bytes, const IngestOptions& options)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    if (bytes.size() > options.fileBytesMax) {
        return Error{ErrorCode::LimitExceeded, "the input is larger than the limit of " + std::to_string(options.fileBytesMax) + " bytes"};
    }
    CARMA_TRY_ASSIGN(const auto keys, m_core.spaceOrCreate(options.space));
    const std::int64_t started = m_core.world.clock->monotonicUs();
    DocumentWriter writer(m_core, keys->id);
    IngestReport report;
    const auto added = ingestOne(writer, keys->id, {std::string(path), asBytes(bytes), m_core.world.clock->wallTimeUs()}, options, report);
    if (!added.has_value()) {
        if (endsIngest(added.error())) {
            return added.error();
        }
        report.refused.push_back({std::string(path), added.error().message});
    }
    CARMA_TRY(writer.flush());
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

} // namespace carma::store
