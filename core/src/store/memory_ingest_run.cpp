// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_ingest_run.h"

#include <algorithm>

namespace carma::store {

namespace {

/// Whether an error of the writer concerns the whole store rather than the file at hand.
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

std::string rate(double amount, double seconds)
{
    const auto tenths = static_cast<std::uint64_t>(amount / seconds * 10);
    return tenths < 1000 ? std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) : std::to_string(tenths / 10);
}

} // namespace

void countAdded(billing::Metering& metering, std::string_view space, std::uint64_t passages, std::uint64_t bytes)
{
    metering.count(space, billing::Measure::Fragments, passages);
    metering.count(space, billing::Measure::IngestedBytes, bytes);
    metering.changed(space);
    metering.settle();
}

IngestRun::IngestRun(StoreCore& core, std::optional<NamespaceId> space, ingest::Extractor& extractor, const IngestOptions& options)
    : m_core(core), m_space(space), m_extractor(extractor), m_options(options), m_startedUs(core.world.clock->monotonicUs())
{
    if (!options.dryRun && space) {
        m_writer.emplace(core, *space);
    }
}

void IngestRun::forAll(std::vector<Item>& items, const std::function<void(Item&)>& work)
{
    std::vector<std::function<void()>> tasks;
    for (Item& item : items) {
        if (!item.problem && !item.unchanged) {
            tasks.emplace_back([&item, &work] { work(item); });
        }
    }
    m_core.world.executor->runAll(tasks);
}

/// The document that IngestOptions::replaces names, which is then the one before.
Result<void> IngestRun::lookUpReplaced(Item& item)
{
    CARMA_TRY_ASSIGN(item.known, m_core.catalog->document(*m_options.replaces));
    if (!item.known || item.known->state == catalog::State::Forgotten) {
        return Error{ErrorCode::NotFound, "no document " + toString(*m_options.replaces) + " is here to be replaced"};
    }
    if (!m_space || item.known->space != *m_space || !item.known->current) {
        return Error{ErrorCode::InvalidArgument,
            "document " + toString(*m_options.replaces) + " cannot be replaced: it is of another namespace, or has a newer version"};
    }
    item.file.path = item.known->path;
    return {};
}

Result<void> IngestRun::lookUp(Item& item)
{
    if (m_options.replaces) {
        return lookUpReplaced(item);
    }
    if (m_space && !item.problem) {
        CARMA_TRY_ASSIGN(item.known, m_core.catalog->documentByPath(*m_space, item.file.path));
        item.unchanged = item.known && item.known->digest == item.digest;
    }
    return {};
}

void IngestRun::parse(Item& item, const std::stop_token& stop)
{
    const bool note = m_options.replaces && item.file.path.empty();
    auto draft = note ? ingest::draftNote(item.known->title, asText(item.file.bytes))
                      : ingest::readDocument(item.file.path, item.file.bytes, &m_extractor, stop);
    if (draft.has_value()) {
        item.draft = std::move(*draft);
        if (m_options.replaces) {
            item.draft->tags.clear(); // those of the options are all
        }
    } else {
        item.problem = draft.error();
    }
}

Result<void> IngestRun::write(Item& item)
{
    if (item.unchanged) {
        ++report.unchanged;
        return {};
    }
    if (item.problem) {
        report.refused.push_back({item.file.name, item.problem->message});
        return {};
    }
    if (m_writer) {
        DocumentWriter::Source source;
        source.path = item.file.path;
        source.tags = m_options.tags;
        source.original = item.file.bytes;
        source.keepOriginal = m_options.keepOriginals;
        source.modifiedUs = item.file.modifiedUs;
        source.replaces = item.known ? item.known->id : FragmentId{};
        if (m_options.replaces) {
            const bool nameless = item.known->path.empty() && item.known->externalId.empty();
            source.externalId = nameless ? toString(item.known->id) : item.known->externalId;
        }
        if (!item.draft->textIsOriginal && m_options.keepOriginals) {
            CARMA_TRY_ASSIGN(const auto equal, m_core.catalog->documentByDigest(*m_space, item.digest));
            source.sharedPieces = equal ? equal->pieces : std::vector<Sequence>{};
        }
        const auto added = m_writer->add(*item.draft, source);
        if (!added.has_value()) {
            if (endsIngest(added.error())) {
                return added.error().within("after " + std::to_string(report.files) + " files, at " + item.file.name);
            }
            report.refused.push_back({item.file.name, added.error().message});
            return {};
        }
    }
    ++report.files;
    report.updated += item.known ? 1 : 0;
    report.bytes += item.file.bytes.size();
    report.passages += static_cast<std::uint64_t>(
        std::ranges::count_if(item.draft->nodes, [](const ingest::Node& node) { return node.level == ingest::Level::Passage; }));
    return {};
}

Result<void> IngestRun::add(const Incoming& file)
{
    Item item;
    item.file = file;
    item.digest = crypto::sha256(file.bytes);
    CARMA_TRY(lookUp(item));
    if (!item.unchanged) {
        parse(item, {});
    }
    return write(item);
}

Result<void> IngestRun::addBatch(std::span<const ingest::SourceFile> files, const Task& task)
{
    std::vector<Item> items(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        items[i].source = &files[i];
        items[i].file = {files[i].relative, files[i].path, {}, files[i].modifiedUs};
    }
    forAll(items, [this](Item& item) {
        auto bytes = ingest::readSource(*item.source, m_options.fileBytesMax);
        if (!bytes.has_value()) {
            item.problem = bytes.error();
            return;
        }
        item.bytes = std::move(*bytes);
        item.file.bytes = item.bytes;
        item.digest = crypto::sha256(item.bytes);
    });
    for (Item& item : items) {
        CARMA_TRY(lookUp(item));
    }
    forAll(items, [&](Item& item) {
        if (task.cancelled()) {
            item.problem = Error{ErrorCode::Cancelled, "was not read"};
        } else {
            parse(item, task.stop);
        }
    });
    for (Item& item : items) {
        if (task.cancelled()) {
            report.cancelled = true;
            return {};
        }
        m_bytesRead += item.file.bytes.size();
        CARMA_TRY(write(item));
        item.bytes = {};
        item.draft.reset();
        ++m_done;
        tell(task, m_total);
    }
    return {};
}

Result<void> IngestRun::addAll(std::span<const ingest::SourceFile> files, const Task& task)
{
    m_total += files.size();
    while (!files.empty()) {
        if (task.cancelled()) {
            report.cancelled = true;
            return {};
        }
        std::size_t count = 0;
        std::uint64_t bytes = 0;
        while (count < files.size() && count < kBatchFiles && (count == 0 || bytes + files[count].size <= kBatchBytes)) {
            bytes += files[count++].size;
        }
        CARMA_TRY(addBatch(files.first(count), task));
        files = files.subspan(count);
    }
    return {};
}

void IngestRun::tell(const Task& task, std::uint64_t total)
{
    Progress progress{"ingesting", m_done, total, "files", {}};
    const double seconds = static_cast<double>(m_core.world.clock->monotonicUs() - m_startedUs) / 1e6;
    if (seconds > 0.5) { // before that a rate is noise
        progress.detail = rate(static_cast<double>(m_bytesRead) / 1e6, seconds) + " MB/s, " +
            rate(static_cast<double>(report.passages), seconds) + " passages/s";
    }
    task.report(progress);
}

Result<void> IngestRun::finish()
{
    if (m_writer) {
        CARMA_TRY(m_writer->flush());
        countAdded(m_core.metering(), m_options.space, report.passages, report.bytes);
    }
    report.tookUs = m_core.world.clock->monotonicUs() - m_startedUs;
    return {};
}

} // namespace carma::store
