// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"
#include "store/store_impl.h"

#include <filesystem>

/// Audit entries appended durably by way of the journal, in batches of 64 and alone, and a million of them verified.
namespace carma::bench {
namespace {

constexpr std::size_t kEntries = 100'000;
constexpr std::size_t kBatch = 64; // entries that are committed together
constexpr std::size_t kToVerify = 1'000'000;

store::StoreCore& coreOf(Store& store) { return static_cast<store::StoreImpl&>(store).core(); }

void append(Store& store, std::size_t count)
{
    store::StoreCore& core = coreOf(store);
    journal::AuditNote note;
    note.action = "key.use";
    note.subject = "bench";
    note.detail = "letters/1998/05.txt";
    for (std::size_t done = 0; done < count; done += kBatch) {
        std::vector<Bytes> bodies;
        std::vector<log::NewRecord> records;
        for (std::size_t i = 0; i < kBatch; ++i) {
            note.object = std::to_string(done + i);
            bodies.push_back(must(core.auditBody(note)));
        }
        for (const Bytes& body : bodies) {
            records.push_back({log::RecordType::Audit, NamespaceId{}, body});
        }
        must(core.append(records));
    }
}

void auditAppends(Context& context)
{
    Measure measure{"audit/append durable, batches of 64", "entries/s", {}, {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = context.folder + "/audit";
        std::filesystem::remove_all(path);
        BenchStore made = makeStore(path);
        must(made.store->memory().createNamespace("bench"));
        const Stopwatch watch;
        append(*made.store, kEntries);
        measure.samples.push_back({static_cast<double>(kEntries) / watch.seconds(), 0});
        must(made.store->close());
    }
    context.reporter.report(measure);
}

void auditVerify(Context& context)
{
    Measure measure{"audit/verify 1,000,000 entries", "s", {}, {}};
    const std::string path = context.folder + "/audit";
    std::filesystem::remove_all(path);
    BenchStore made = makeStore(path);
    must(made.store->memory().createNamespace("bench"));
    append(*made.store, kToVerify);
    for (unsigned run = 0; run < context.runs; ++run) {
        const Stopwatch watch;
        const AuditVerification verified = must(made.store->audit().verify({}, Task{}));
        measure.samples.push_back({watch.seconds(), 0});
        if (!verified.intact() || verified.entries < kToVerify) {
            fail({ErrorCode::Internal, "the store that was just written does not verify"});
        }
    }
    must(made.store->close());
    context.reporter.report(measure);
}

/// A thousand users with memories, a key and usage each; then one of them is erased, body by body and key by key.
void auditErase(Context& context)
{
    constexpr std::size_t kUsers = 1'000;
    constexpr std::size_t kMemories = 10;
    Measure measure{"audit/erase one of 1,000 users, without the purge", "s", {}, {}};
    Measure purge{"audit/purge of what the user left behind", "s", {}, {}};
    const std::string path = context.folder + "/erase";
    std::filesystem::remove_all(path);
    BenchStore made = makeStore(path);
    must(made.store->billing().setMetering(true));
    std::vector<NewKey> keys(kUsers);
    for (std::size_t user = 0; user < kUsers; ++user) {
        const std::string name = "user-" + std::to_string(user);
        std::vector<NewMemory> memories(kMemories);
        for (std::size_t i = 0; i < kMemories; ++i) {
            memories[i].text = prose(static_cast<unsigned>(user * kMemories + i), 2'000);
        }
        must(made.store->memory().remember(name, memories));
        keys[user].owner = name;
    }
    must(made.store->keys().createAll(keys));
    must(made.store->seal());
    for (unsigned run = 0; run < context.runs; ++run) {
        // The purge tells of each segment that it looks at, and once more when it is through with the last.
        const Stopwatch watch;
        double begun = 0;
        double ended = 0;
        Task task;
        task.onProgress = [&](const Progress& progress) {
            if (progress.phase == "purging forgotten bytes") {
                ended = watch.seconds();
                begun = progress.done == 0 ? ended : begun;
            }
        };
        must(made.store->subjects().erase("user-" + std::to_string(run * 7 + 3), task));
        measure.samples.push_back({watch.seconds() - (ended - begun), 0});
        purge.samples.push_back({ended - begun, 0});
        if (begun == 0 || ended <= begun) {
            fail({ErrorCode::Internal, "nothing was purged"});
        }
    }
    if (!must(made.store->audit().verify({}, Task{})).intact()) {
        fail({ErrorCode::Internal, "the store does not verify after erasing"});
    }
    must(made.store->close());
    context.reporter.report(measure);
    context.reporter.report(purge);
}

const Registration kErase("audit/erase", auditErase);
const Registration kAppends("audit/append", auditAppends);
const Registration kVerify("audit/verify", auditVerify);

} // namespace
} // namespace carma::bench
