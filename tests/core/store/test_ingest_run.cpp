// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>
#include <fstream>

using namespace carma;
using namespace carma::test;

/// Folders into a store: batches, order, dry runs, stopping.
class TestIngestRun : public QObject {
    Q_OBJECT

private:
    static void put(const TemporaryFolder& folder, const std::string& name, const std::string& text)
    {
        const std::filesystem::path path = std::filesystem::path(folder.path()) / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    static std::vector<std::string> pathsIn(Store& store)
    {
        std::vector<std::string> paths;
        ListOptions options;
        const auto listed = store.memory().list(options);
        if (listed.has_value()) {
            for (const DocumentSummary& one : *listed) {
                paths.push_back(one.path + " " + std::to_string(one.passages));
            }
        }
        return paths;
    }

private slots:
    void threadsDoNotChangeTheResult()
    {
        TemporaryFolder folder;
        for (int i = 0; i < 200; ++i) {
            put(folder, "f" + std::to_string(i) + (i % 3 == 0 ? ".md" : ".txt"), textAbout("topic " + std::to_string(i), i % 40 + 1));
        }
        put(folder, "broken.jsonl", "{");
        put(folder, "broken.bin", std::string("\0\1\2", 3));
        std::vector<std::vector<std::string>> results;
        std::vector<std::vector<std::string>> refusals;
        for (const std::size_t width : {1U, 4U}) {
            StoreFixture fixture;
            const auto threads = width == 1 ? makeInlineExecutor() : makeThreadExecutor(width);
            fixture.environment.executor = threads.get();
            VERIFY_OK(fixture.create());
            auto store = fixture.open();
            VERIFY_OK(store);
            const auto report = (*store)->memory().ingest({folder.path()}, {}, {});
            VERIFY_OK(report);
            QCOMPARE(report->files, std::uint64_t{200});
            results.push_back(pathsIn(**store));
            refusals.emplace_back();
            for (const FileProblem& problem : report->refused) {
                refusals.back().push_back(problem.path + ": " + problem.reason);
            }
        }
        QCOMPARE(results[0].size(), std::size_t{200});
        QCOMPARE(results[0], results[1]);
        QCOMPARE(refusals[0].size(), std::size_t{2});
        QCOMPARE(refusals[0], refusals[1]);
    }

    void aDryRunCountsAndWritesNothing()
    {
        TemporaryFolder folder;
        put(folder, "a.txt", "one\n");
        put(folder, "b.txt", "two\n");
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().ingest({folder.path() + "/a.txt"}, {}, {}));
        IngestOptions options;
        options.dryRun = true;
        const auto again = (*store)->memory().ingest({folder.path()}, options, {});
        VERIFY_OK(again);
        QCOMPARE(again->files, std::uint64_t{1});
        QCOMPARE(again->unchanged, std::uint64_t{1});
        options.space = "nowhere";
        QCOMPARE((*store)->memory().ingest({folder.path()}, options, {})->files, std::uint64_t{2});
        QCOMPARE(pathsIn(**store), std::vector<std::string>{"a.txt 1"});
        QCOMPARE((*store)->memory().namespaces()->size(), std::size_t{1});
    }

    void stoppingKeepsWhatWasWritten()
    {
        TemporaryFolder folder;
        for (int i = 0; i < 10; ++i) {
            put(folder, "f" + std::to_string(i) + ".txt", "text " + std::to_string(i) + "\n");
        }
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        std::stop_source source;
        Task task;
        task.stop = source.get_token();
        task.onProgress = [&](const Progress& progress) {
            if (progress.done == 4) {
                source.request_stop();
            }
        };
        const auto report = (*store)->memory().ingest({folder.path()}, {}, task);
        VERIFY_OK(report);
        QVERIFY(report->cancelled);
        QCOMPARE(report->files, std::uint64_t{4});
        QVERIFY(report->refused.empty());
        QCOMPARE(pathsIn(**store).size(), std::size_t{4});
    }

    void onlyWhatWasChangedSinceIsTaken()
    {
        TemporaryFolder folder;
        put(folder, "new.txt", "new\n");
        put(folder, "old.txt", "old\n");
        std::filesystem::last_write_time(
            folder.path() + "/old.txt", std::filesystem::file_time_type::clock::now() - std::chrono::hours(1000));
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        IngestOptions options;
        options.sinceUs = std::chrono::duration_cast<std::chrono::microseconds>(
            (std::chrono::system_clock::now() - std::chrono::hours(10)).time_since_epoch())
                              .count();
        const auto report = (*store)->memory().ingest({folder.path()}, options, {});
        VERIFY_OK(report);
        QCOMPARE(report->older, std::uint64_t{1});
        QCOMPARE(pathsIn(**store), std::vector<std::string>{"new.txt 1"});
    }

    void bytesReplaceADocument()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        IngestOptions options;
        VERIFY_OK(memory.ingestBytes("a/one.txt", "First text.", options));
        const auto first = memory.resolve("a/one.txt");
        VERIFY_OK(first);
        options.replaces = *first;
        options.tags = {"house"};
        VERIFY_OK(memory.ingestBytes("whatever.md", "First text.", options)); // the same bytes, and yet a version
        const auto second = memory.resolve("a/one.txt");
        VERIFY_OK(second);
        QVERIFY(*second != *first);
        QCOMPARE(memory.tree(*second)->document.tags, (std::vector<std::string>{"house"}));
        QVERIFY(!memory.tree(*first)->document.current);
        COMPARE_ERROR(memory.ingestBytes("x", "y", options), ErrorCode::InvalidArgument); // replaced already
        options.replaces = *second;
        COMPARE_ERROR(memory.ingest({"/nowhere"}, options, {}), ErrorCode::InvalidArgument);
        options.space = "elsewhere";
        COMPARE_ERROR(memory.ingestBytes("x", "y", options), ErrorCode::InvalidArgument);
        options.replaces = FragmentId{};
        COMPARE_ERROR(memory.ingestBytes("x", "y", options), ErrorCode::NotFound);
    }

    void aNoteWithoutANameKeepsTheIdOfItsFirstVersion()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        const auto ids = memory.remember("default", {{"Bread rises.", "Bread", "", {"kitchen"}}});
        VERIFY_OK(ids);
        IngestOptions options;
        options.replaces = ids->front();
        VERIFY_OK(memory.ingestBytes("", "Bread rises slowly.", options));
        const auto listed = memory.list({});
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), std::size_t{1});
        QCOMPARE(listed->front().title, std::string("Bread"));
        QCOMPARE(listed->front().externalId, toString(ids->front()));
        QVERIFY(listed->front().tags.empty());
        QCOMPARE(memory.original(listed->front().id).value(), std::string("Bread rises slowly."));
        options.replaces = listed->front().id;
        VERIFY_OK(memory.ingestBytes("", "Bread rises over night.", options));
        QCOMPARE(memory.list({})->front().externalId, toString(ids->front()));
    }
};

CARMA_TEST_CLASS(TestIngestRun, "test_ingest_run")

#include "test_ingest_run.moc"
