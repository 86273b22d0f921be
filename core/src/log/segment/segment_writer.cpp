// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/recovery.h"

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

/// All shard files of one segment, made in memory.
class Encoder {
public:
    Encoder(const SegmentContext& context, ByteView payload) : m_context(context), m_payload(payload), m_parity(context.info.geometry)
    {
        const unsigned total = context.info.geometry.total();
        m_files.assign(total, Bytes(context.layout.bytes()));
        m_checks.assign(total, CheckTable(context.layout.rows));
    }

    /// Data and parity. Needs nothing of the context's info but the geometry.
    void encodeRows()
    {
        runEach(m_context.executor, m_context.info.geometry.data, [&](std::size_t shard) { takePayload(static_cast<unsigned>(shard)); });
        if (m_context.layout.rows > 0) {
            encodeParity();
        }
    }

    /// Checks, codes and headers. False if the rows do not decode to the payload, which one thread finds out meanwhile.
    [[nodiscard]] bool encodePages()
    {
        const unsigned total = m_context.info.geometry.total();
        bool right = false;
        runEach(m_context.executor, total + std::size_t{1}, [&](std::size_t i) {
            if (i == 0) {
                right = decodes();
            } else {
                sumShard(static_cast<unsigned>(i - 1));
            }
        });
        runEach(m_context.executor, total, [&](std::size_t shard) { writeOwnPages(static_cast<unsigned>(shard)); });
        return right;
    }

    [[nodiscard]] ByteView file(unsigned shard) const { return m_files[shard]; }

private:
    /// Decodes what was encoded and compares it with the payload: memory that fails while a segment is sealed must not
    /// become parity. Each group of parity shards stands in once for as many data shards.
    [[nodiscard]] bool decodes() const
    {
        const unsigned k = m_context.info.geometry.data;
        const unsigned m = m_context.info.geometry.parity;
        bool right = true;
        for (unsigned group = 0; group < m && m_context.layout.rows > 0; group += k) {
            right = right && groupDecodes(group, std::min(k, m - group));
        }
        for (unsigned shard = 0; shard < k; ++shard) {
            for (std::uint64_t row = 0; row < m_context.layout.rows; ++row) {
                right = right && isPayload(shard, row, sectorOf(rowsOf(shard), row));
            }
        }
        return right;
    }

    ByteView rowsOf(unsigned shard) const { return ByteView(m_files[shard]).subspan(kSectorBytes, m_context.layout.rows * kSectorBytes); }
    ByteSpan rowsOf(unsigned shard) { return ByteSpan(m_files[shard]).subspan(kSectorBytes, m_context.layout.rows * kSectorBytes); }

    /// The payload bytes of a row; fewer than a sector at the end.
    ByteView payloadOf(unsigned shard, std::uint64_t row) const
    {
        const std::uint64_t at = std::min<std::uint64_t>((row * m_context.info.geometry.data + shard) * kSectorBytes, m_payload.size());
        return m_payload.subspan(at, std::min<std::uint64_t>(kSectorBytes, m_payload.size() - at));
    }

    bool isPayload(unsigned shard, std::uint64_t row, SectorView content) const
    {
        const ByteView expected = payloadOf(shard, row);
        return std::memcmp(expected.data(), content.data(), expected.size()) == 0 &&
            std::ranges::all_of(content.subspan(expected.size()), [](std::byte b) { return b == std::byte{0}; });
    }

    void takePayload(unsigned shard)
    {
        for (std::uint64_t row = 0; row < m_context.layout.rows; ++row) {
            std::ranges::copy(payloadOf(shard, row), sectorOf(rowsOf(shard), row).begin());
        }
    }

    void encodeParity()
    {
        const unsigned k = m_context.info.geometry.data;
        std::vector<const std::byte*> data;
        std::vector<std::byte*> parity;
        for (unsigned shard = 0; shard < m_files.size(); ++shard) {
            if (shard < k) {
                data.push_back(rowsOf(shard).data());
            } else {
                parity.push_back(rowsOf(shard).data());
            }
        }
        m_parity.encode(data, parity, m_context.layout.rows * kSectorBytes);
    }

    [[nodiscard]] bool groupDecodes(unsigned firstParity, unsigned count) const
    {
        const unsigned k = m_context.info.geometry.data;
        std::vector<unsigned> targets;
        std::vector<unsigned> sources;
        for (unsigned shard = 0; shard < k; ++shard) {
            (shard < count ? targets : sources).push_back(shard);
        }
        for (unsigned i = 0; i < count; ++i) {
            sources.push_back(k + firstParity + i);
        }
        std::vector<const std::byte*> in;
        for (const unsigned shard : sources) {
            in.push_back(rowsOf(shard).data());
        }
        std::vector<Bytes> rebuilt(count, Bytes(m_context.layout.rows * kSectorBytes));
        std::vector<std::byte*> out;
        for (Bytes& buffer : rebuilt) {
            out.push_back(buffer.data());
        }
        m_parity.rebuild(sources, in, targets, out, m_context.layout.rows * kSectorBytes);
        for (unsigned shard = 0; shard < count; ++shard) {
            for (std::uint64_t row = 0; row < m_context.layout.rows; ++row) {
                if (!isPayload(shard, row, sectorOf(ByteView(rebuilt[shard]), row))) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Checks, codes and headers of one shard.
    void sumShard(unsigned shard)
    {
        const ShardLayout& layout = m_context.layout;
        CodeTable codes(layout.rows);
        for (std::uint64_t row = 0; row < layout.rows; ++row) {
            const SectorView content = sectorOf(std::as_const(*this).rowsOf(shard), row);
            m_checks[shard].set(row, sectorCheck(rowPlace(m_context.info, shard, row), content));
            codes.set(row, sectorCode(content));
        }
        for (std::uint64_t page = 0; page < layout.codePages(); ++page) {
            writePage(shard, layout.codes() + page, codePagePayload(codes, page));
        }
        for (const std::uint64_t sector : {std::uint64_t{0}, layout.lastHeader()}) {
            writeHeader(m_context.info, layout, shard, sector, sectorOf(ByteSpan(m_files[shard]), sector));
        }
    }

    void writeOwnPages(unsigned shard)
    {
        const ShardLayout& layout = m_context.layout;
        const CheckTable& next = m_checks[(shard + 1) % m_checks.size()];
        for (std::uint64_t page = 0; page < layout.checkPages(); ++page) {
            writePage(shard, layout.ownChecks() + page, checkPagePayload(m_checks[shard], page));
            writePage(shard, layout.nextChecks() + page, checkPagePayload(next, page));
        }
    }

    void writePage(unsigned shard, std::uint64_t sector, const std::optional<Bytes>& payload)
    {
        frameSector(placeInShard(m_context.info, m_context.layout, shard, sector), 0, sealTag(m_context.info), payload.value_or(Bytes()),
            sectorOf(ByteSpan(m_files[shard]), sector));
    }

    const SegmentContext& m_context;
    ByteView m_payload;
    Parity m_parity;
    std::vector<Bytes> m_files;
    std::vector<CheckTable> m_checks;
};

Result<void> writeAside(const SegmentContext& context, unsigned shard, ByteView content)
{
    CARMA_TRY_ASSIGN(const auto folder, context.disk.info(context.folders[shard]));
    if (!folder || !folder->isDirectory) {
        return {ErrorCode::NotFound, "the folder " + context.folders[shard] + " is not there"};
    }
    CARMA_TRY_ASSIGN(auto file, context.disk.open(context.path(shard) + ".tmp", OpenMode::Create));
    CARMA_TRY(file->truncate(0));
    CARMA_TRY(file->writeAt(0, content));
    return file->sync();
}

Result<void> publish(const SegmentContext& context, unsigned shard)
{
    CARMA_TRY(context.disk.rename(context.path(shard) + ".tmp", context.path(shard)));
    return context.disk.syncFolder(context.folders[shard]);
}

/// Counts what went well. The error that is told is the first that is more than a missing folder.
Result<unsigned> countDone(const std::vector<Result<void>>& results, const SegmentContext& context)
{
    const unsigned needed = context.info.geometry.enough();
    const auto done = static_cast<unsigned>(std::ranges::count_if(results, [](const auto& r) { return r.has_value(); }));
    if (done >= needed) {
        return done;
    }
    Error error{ErrorCode::NotFound, "too few shard folders are there"};
    for (const auto& result : results) {
        if (!result && result.error().code != ErrorCode::NotFound) {
            error = result.error();
            break;
        }
    }
    return error.within("segment " + std::to_string(context.info.segment) + " is in " + std::to_string(done) + " of the " +
        std::to_string(needed) + " folders that it needs");
}

/// Writes all files aside, then renames them, so that a full disk leaves nothing behind.
Result<std::vector<unsigned>> writeFiles(const SegmentContext& context, const Encoder& encoder)
{
    std::vector<Result<void>> results(context.folders.size());
    runEach(context.executor, results.size(), [&](std::size_t shard) {
        results[shard] = writeAside(context, static_cast<unsigned>(shard), encoder.file(static_cast<unsigned>(shard)));
    });
    const auto enough = countDone(results, context);
    if (enough) {
        runEach(context.executor, results.size(), [&](std::size_t shard) {
            if (results[shard]) {
                results[shard] = publish(context, static_cast<unsigned>(shard));
            }
        });
    }
    std::vector<unsigned> missing;
    for (unsigned shard = 0; shard < results.size(); ++shard) {
        if (!results[shard] || !enough) {
            (void)context.disk.remove(context.path(shard) + ".tmp"); // Most often there is none.
        }
        if (!results[shard]) {
            missing.push_back(shard);
        }
    }
    CARMA_TRY(enough);
    CARMA_TRY(countDone(results, context));
    return missing;
}

} // namespace

Result<WriteOutcome> writeSegment(Disk& disk, Executor& executor, const ShardFolders& folders, SegmentInfo info, ByteView payload)
{
    CARMA_TRY(validateGeometry(info.geometry, folders.size()));
    if (payload.size() > kSegmentPayloadBytesMax || info.segment > kSegmentNumberMax) {
        return {ErrorCode::LimitExceeded, "segment " + std::to_string(info.segment) + " is beyond the bounds of the format"};
    }
    info.payloadBytes = payload.size();
    SegmentContext context{disk, executor, folders, info, ShardLayout::of(info.geometry, payload.size())};
    Encoder encoder(context, payload);
    runEach(executor, 2, [&](std::size_t i) { // The digest takes one core as long as all else that can be done without it.
        if (i == 0) {
            context.info.digest = crypto::sha256(payload);
        } else {
            encoder.encodeRows();
        }
    });
    if (!encoder.encodePages()) {
        return {ErrorCode::Internal, "segment " + std::to_string(info.segment) + " does not decode to what it was made of"};
    }
    CARMA_TRY_ASSIGN(auto missing, writeFiles(context, encoder));
    return WriteOutcome{context.info, std::move(missing)};
}

} // namespace carma::log
