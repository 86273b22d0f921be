// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_core.h"

#include "base/byte_io.h"

#include <algorithm>
#include <thread>
#include <unistd.h>

namespace carma::store {

namespace {

constexpr std::size_t kRowsABatch = 20'000; // one catalog transaction while catching up
constexpr std::size_t kSpaceNameMax = 128;

bool validSpaceName(std::string_view name)
{
    const auto forbidden = [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !name.empty() && name.size() <= kSpaceNameMax && name != "." && name != ".." && std::ranges::none_of(name, forbidden);
}

void addFragment(catalog::Batch& batch, Sequence sequence, const log::RecordHeader& header, const FragmentBody& body)
{
    catalog::FragmentRow row;
    row.id = body.document.plus(body.node);
    row.document = body.document;
    row.space = header.space;
    row.sequence = sequence;
    row.parent = body.document.plus(body.parent);
    row.order = body.order;
    row.number = body.number;
    row.offset = body.offset;
    row.bytes = static_cast<std::uint32_t>(body.text.size());
    row.timeUs = body.timeUs;
    batch.fragments.push_back(row);
    if (!body.lone) {
        return;
    }
    catalog::DocumentRow document;
    document.id = body.document;
    document.space = header.space;
    document.sequence = sequence;
    document.title = body.title;
    document.mediaType = "text/plain";
    document.externalId = body.externalId;
    document.tags = body.tags;
    document.digest = crypto::sha256(asBytes(body.text));
    document.originalBytes = body.text.size();
    document.createdUs = header.wallTimeUs;
    document.fragments = 1;
    document.replaces = body.replaces;
    batch.documents.push_back(std::move(document));
}

void addDocument(catalog::Batch& batch, Sequence sequence, const log::RecordHeader& header, DocumentBody body)
{
    catalog::DocumentRow row;
    row.id = body.id;
    row.space = header.space;
    row.sequence = sequence;
    row.path = std::move(body.path);
    row.title = std::move(body.title);
    row.mediaType = std::move(body.mediaType);
    row.externalId = std::move(body.externalId);
    row.tags = std::move(body.tags);
    row.digest = body.digest;
    row.originalBytes = body.originalBytes;
    row.createdUs = header.wallTimeUs;
    row.modifiedUs = body.modifiedUs;
    row.fragments = body.passages;
    row.pieces = std::move(body.pieces);
    row.replaces = body.replaces;
    batch.documents.push_back(std::move(row));
}

} // namespace

World makeWorld(const std::string& path, const Environment& environment)
{
    World world;
    world.disk = environment.disk;
    if (world.disk == nullptr) {
        world.ownDisk = openPosixDisk(path);
        world.disk = world.ownDisk.get();
    }
    world.executor = environment.executor;
    if (world.executor == nullptr) {
        world.ownExecutor = makeThreadExecutor(std::max(1U, std::thread::hardware_concurrency()));
        world.executor = world.ownExecutor.get();
    }
    world.clock = environment.clock != nullptr ? environment.clock : &systemClock();
    world.random = environment.random != nullptr ? environment.random : &systemRandom();
    world.embedder = environment.embedder;
    world.embedderFactory = environment.embedderFactory;
    world.searchMemoryBytes = environment.searchMemoryBytes;
    if (world.searchMemoryBytes == 0) {
        constexpr std::uint64_t kMemoryShare = 4;
        world.searchMemoryBytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
            static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / kMemoryShare;
    }
    world.catalogFolder = environment.catalogFolder.empty() ? path : environment.catalogFolder;
    world.segmentBytes = environment.segmentBytes;
    return world;
}

StoreCore::StoreCore(World outside) : world(std::move(outside)), m_embedders(world.embedder, world.embedderFactory, m_journal) {}

Error StoreCore::readOnlyError() const { return {ErrorCode::Busy, "the store is open for reading only"}; }

Result<std::shared_ptr<const log::SpaceKeys>> StoreCore::space(std::string_view name)
{
    auto found = log->keys().findByName(name);
    if (found == nullptr) {
        return Error{ErrorCode::NotFound, "there is no namespace '" + std::string(name.substr(0, kSpaceNameMax)) + "'"};
    }
    return found;
}

Result<std::shared_ptr<const log::SpaceKeys>> StoreCore::spaceOrCreate(std::string_view name)
{
    if (auto found = log->keys().findByName(name)) {
        return found;
    }
    if (readOnly) {
        return readOnlyError();
    }
    if (!validSpaceName(name)) {
        return Error{ErrorCode::InvalidArgument, "a namespace's name is 1 to 128 bytes without '/' and control characters"};
    }
    const std::lock_guard guard(m_spacesMutex);
    if (auto found = log->keys().findByName(name)) {
        return found; // made by another thread meanwhile
    }
    CARMA_TRY_ASSIGN(auto created, log->keys().createSpace(name));
    NamespaceBody body{created->id, created->name, {}};
    CARMA_TRY_ASSIGN(body.wrappedKey, log->keys().wrappedKey(created->id));
    const Bytes bytes = encodeNamespace(body);
    std::vector<log::NewRecord> records{{log::RecordType::Namespace, NamespaceId{}, bytes}};
    // From its first namespace on a store says where its vectors come from.
    const auto embedder = m_embedders.firstRecord();
    if (embedder) {
        records.push_back({log::RecordType::Setting, NamespaceId{}, *embedder});
    }
    journal::AuditNote note;
    note.action = "namespace.create";
    note.object = toString(created->id);
    note.space = created->id;
    CARMA_TRY(appendAudited(records, note));
    CARMA_TRY(followEmbedders());
    return created;
}

Result<void> addToBatch(catalog::Batch& batch, Sequence sequence, const log::RecordHeader& header, ByteView body)
{
    switch (header.type) {
    case log::RecordType::Fragment: {
        CARMA_TRY_ASSIGN(const FragmentBody fragment, decodeFragment(body));
        addFragment(batch, sequence, header, fragment);
        break;
    }
    case log::RecordType::Document:
        if (!isNodePart(body)) {
            CARMA_TRY_ASSIGN(DocumentBody document, decodeDocument(body));
            addDocument(batch, sequence, header, std::move(document));
        }
        break;
    case log::RecordType::Forget: {
        CARMA_TRY_ASSIGN(const ForgetBody forget, decodeForget(body));
        batch.forgottenDocuments.insert(batch.forgottenDocuments.end(), forget.documents.begin(), forget.documents.end());
        batch.forgottenFragments.insert(batch.forgottenFragments.end(), forget.fragments.begin(), forget.fragments.end());
        break;
    }
    case log::RecordType::Namespace: {
        CARMA_TRY_ASSIGN(NamespaceBody space, decodeNamespace(body));
        catalog::NamespaceRow row;
        row.id = space.id;
        row.name = std::move(space.name);
        row.createdUs = header.wallTimeUs;
        batch.namespaces.push_back(std::move(row));
        break;
    }
    case log::RecordType::Compliance: {
        batch.books.emplace_back(static_cast<std::uint16_t>(header.type), sequence);
        const auto item = audit::decodeCompliance(body);
        if (const auto* erasure = item.has_value() ? std::get_if<audit::Erasure>(&*item) : nullptr) {
            batch.erasedSpaces.push_back(erasure->space);
        }
        break;
    }
    case log::RecordType::Fault:
    case log::RecordType::HealCycle:
    case log::RecordType::Audit:
    case log::RecordType::KeyEvent:
    case log::RecordType::Usage:
    case log::RecordType::Anomaly:
    case log::RecordType::Network:
    case log::RecordType::Setting:
    case log::RecordType::Billing: batch.books.emplace_back(static_cast<std::uint16_t>(header.type), sequence); break;
    default: break; // other records mean nothing to the catalog
    }
    return {};
}

Result<Sequence> StoreCore::append(std::span<const log::NewRecord> records)
{
    const std::shared_lock guard(m_ending);
    return appendNow(records);
}

Result<Sequence> StoreCore::endSpace(std::span<const log::NewRecord> records, const NamespaceId& space)
{
    const std::unique_lock guard(m_ending);
    CARMA_TRY_ASSIGN(const Sequence first, appendNow(records));
    log->keys().retire(space);
    return first;
}

/// REQUIRES: m_ending is held.
Result<Sequence> StoreCore::appendNow(std::span<const log::NewRecord> records)
{
    if (readOnly) {
        return readOnlyError();
    }
    const auto appended = log->append(records);
    if (!appended.has_value()) {
        // The log has looked at the media: a batch that is there after all must not stay hidden until the store is opened again.
        (void)follow(Task{}).has_value();
        return appended.error();
    }
    const Sequence first = *appended;
    const std::lock_guard guard(m_followMutex);
    const Sequence applied = std::max(catalog->appliedSequence(), m_followed);
    const Sequence end = first + records.size();
    if (applied >= end) {
        return first; // a later caller has scanned past us
    }
    catalog::Batch batch;
    const auto take = [&](const log::ScanItem& item) -> Result<bool> {
        if (item.header != nullptr) {
            CARMA_TRY(addToBatch(batch, item.sequence, *item.header, item.body));
        } else {
            m_unread = std::min(m_unread, item.sequence);
        }
        return true;
    };
    if (applied < first) {
        CARMA_TRY(log->scan(applied, first, take, Task{}));
    }
    const std::int64_t now = world.clock->wallTimeUs();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (first + i >= applied) {
            log::RecordHeader header;
            header.type = records[i].type;
            header.space = records[i].space;
            header.wallTimeUs = now;
            CARMA_TRY(addToBatch(batch, first + i, header, records[i].body));
        }
    }
    batch.appliedSequence = std::min(end, m_unread);
    CARMA_TRY(catalog->apply(batch));
    m_followed = end;
    return first;
}

Result<void> StoreCore::follow(const Task& task, bool acceptLosses)
{
    const std::lock_guard guard(m_followMutex);
    const bool again = m_unread != kNoSequence && acceptLosses;
    m_unread = again ? kNoSequence : m_unread;
    catalog::Batch batch;
    std::size_t rows = 0;
    const auto flush = [&](Sequence end) -> Result<void> {
        batch.appliedSequence = std::min(end, m_unread);
        CARMA_TRY(catalog->apply(batch));
        batch = {};
        rows = 0;
        return {};
    };
    const Sequence end = log->end();
    const Sequence applied = again ? catalog->appliedSequence() : std::max(catalog->appliedSequence(), m_followed);
    if (applied >= end) {
        return {};
    }
    CARMA_TRY(log->scan(
        applied, end,
        [&](const log::ScanItem& item) -> Result<bool> {
            if (item.header != nullptr && !item.header->purged()) {
                // A body that does not decode costs its own rows only: the rest of the log still counts.
                (void)addToBatch(batch, item.sequence, *item.header, item.body).has_value();
            } else if (item.header == nullptr && !acceptLosses) {
                m_unread = std::min(m_unread, item.sequence);
            }
            if (++rows >= kRowsABatch) {
                CARMA_TRY(flush(item.sequence + std::max<std::uint64_t>(1, item.lostCount)));
            }
            return true;
        },
        task));
    CARMA_TRY(flush(end));
    m_followed = end;
    return {};
}

void StoreCore::startMetering()
{
    billing::Metering::Options options;
    options.source = "carma:" + toString(log->superblock().store);
    options.readOnly = readOnly;
    options.storedBytes = [this](const std::string& name) -> std::optional<std::uint64_t> {
        const auto keys = log->keys().findByName(name);
        const auto counts = keys != nullptr ? catalog->counts(keys->id) : Result<catalog::Counts>(catalog::Counts{});
        return counts.has_value() ? std::optional(counts->textBytes) : std::nullopt;
    };
    options.isGone = [this](const std::string& name) { return log->keys().findByName(name) == nullptr; };
    m_spool = std::make_unique<UsageSpool>(UsageSpool::Place{*world.disk, *world.random, log->superblock().store, onNotice},
        log->keys().master().derive("carma usage left by readers"));
    options.leave = [this](std::span<const UsageEvent> events) { return m_spool->leave(events); };
    options.takeIn = [this](const UsageSpool::Record& record) { return m_spool->takeIn(record); };
    m_metering.start(std::move(options));
    m_billing.onAsked([this] { (void)m_metering.flush().has_value(); }); // kept, and tried again
}

FragmentId StoreCore::newDocumentId()
{
    FragmentId id;
    world.random->fill(std::as_writable_bytes(std::span(id.bytes)));
    const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, world.clock->wallTimeUs() / 1000));
    for (unsigned i = 0; i < 6; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40U - 8U * i));
    }
    return documentOf(id);
}

Result<log::SuperblockReading> findSuperblock(Disk& disk)
{
    constexpr std::size_t kFoldersMax = 48; // 32 data and 16 parity shards
    const auto folders = disk.list("shards");
    if (!folders.has_value()) {
        return Error{ErrorCode::NotFound, "there is no store here (no folder 'shards')"};
    }
    std::size_t count = 0;
    for (const FileInfo& folder : *folders) {
        const bool number = !folder.name.empty() && folder.name.size() <= 2 &&
            std::ranges::all_of(folder.name, [](char c) { return c >= '0' && c <= '9'; });
        if (number) {
            count = std::max<std::size_t>(count, static_cast<std::size_t>(std::stoul(folder.name)) + 1);
        }
    }
    log::ShardFolders names;
    for (std::size_t i = 0; i < std::min(count, kFoldersMax); ++i) {
        names.push_back("shards/" + std::to_string(i));
    }
    CARMA_TRY_ASSIGN(log::SuperblockReading reading, log::readSuperblock(disk, names));
    if (reading.superblock.geometry.total() != names.size()) {
        return log::readSuperblock(disk, log::shardFolders(reading.superblock.geometry));
    }
    return reading;
}

} // namespace carma::store
