// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/executor.h>

#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

using namespace carma;

using Tasks = std::vector<std::function<void()>>;

class TestExecutor : public QObject {
    Q_OBJECT

private slots:
    void everyTaskRunsOnce_data() { widths(); }
    void everyTaskRunsOnce();
    void nestedBatchesEnd_data() { widths(); }
    void nestedBatchesEnd();
    void severalCallersRunBatchesAtOnce_data() { widths(); }
    void severalCallersRunBatchesAtOnce();
    void postedTasksKeepTheirOrder_data() { widths(); }
    void postedTasksKeepTheirOrder();
    void aTaskPostedByAPostedTaskRunsAfterIt_data() { widths(); }
    void aTaskPostedByAPostedTaskRunsAfterIt();
    void postedTasksRunBatches_data() { widths(); }
    void postedTasksRunBatches();
    void drainWithNothingPostedReturns_data() { widths(); }
    void drainWithNothingPostedReturns();
    void destructionRunsWhatWasPosted();
    void tasksRunAtTheSameTime();
    void theInlineExecutorStaysOnTheCallersThread();

private:
    /// 0 stands for the inline executor.
    static void widths()
    {
        QTest::addColumn<int>("width");
        for (const int width : {0, 1, 2, 4}) {
            QTest::addRow("%d", width) << width;
        }
    }
    static std::unique_ptr<Executor> make()
    {
        QFETCH(int, width);
        return width == 0 ? makeInlineExecutor() : makeThreadExecutor(static_cast<std::size_t>(width));
    }
};

void TestExecutor::everyTaskRunsOnce()
{
    const auto executor = make();
    QFETCH(int, width);
    QCOMPARE(executor->width(), static_cast<std::size_t>(std::max(width, 1)));
    executor->runAll({});
    for (const std::size_t count : {1U, 2U, 7U, 500U}) {
        std::vector<int> ran(count, 0); // no atomics: runAll's return must make the writes visible
        Tasks tasks;
        for (std::size_t i = 0; i < count; ++i) {
            tasks.emplace_back([&ran, i] { ++ran[i]; });
        }
        executor->runAll(tasks);
        QCOMPARE(ran, std::vector<int>(count, 1));
    }
}

void TestExecutor::nestedBatchesEnd()
{
    const auto executor = make();
    std::atomic<int> leaves{0};
    const std::function<void(int)> split = [&](int depth) {
        if (depth == 0) {
            ++leaves;
            return;
        }
        executor->runAll(Tasks(4, [&split, depth] { split(depth - 1); }));
    };
    split(4);
    QCOMPARE(leaves.load(), 256);
}

void TestExecutor::severalCallersRunBatchesAtOnce()
{
    const auto executor = make();
    std::vector<std::thread> callers;
    std::vector<int> sums(4, 0);
    for (std::size_t caller = 0; caller < sums.size(); ++caller) {
        callers.emplace_back([&, caller] {
            for (int round = 0; round < 20; ++round) {
                std::vector<int> parts(8, 0);
                Tasks tasks;
                for (int& part : parts) {
                    tasks.emplace_back([&executor, &part] { executor->runAll(Tasks(1, [&part] { part = 1; })); });
                }
                executor->runAll(tasks);
                sums[caller] += std::accumulate(parts.begin(), parts.end(), 0);
            }
        });
    }
    for (auto& caller : callers) {
        caller.join();
    }
    QCOMPARE(sums, std::vector<int>(4, 160));
}

void TestExecutor::postedTasksKeepTheirOrder()
{
    const auto executor = make();
    std::vector<int> order; // no lock: posted tasks run one at a time, and drain makes them visible
    std::vector<int> expected;
    for (int i = 0; i < 200; ++i) {
        executor->post([&order, i] { order.push_back(i); });
        expected.push_back(i);
    }
    executor->drain();
    QCOMPARE(order, expected);
}

void TestExecutor::aTaskPostedByAPostedTaskRunsAfterIt()
{
    const auto executor = make();
    std::vector<int> order;
    executor->post([&] {
        executor->post([&] { order.push_back(2); });
        order.push_back(1);
    });
    executor->drain();
    executor->drain(); // the inner task may have been posted after the first drain looked
    QCOMPARE(order, (std::vector<int>{1, 2}));
}

void TestExecutor::postedTasksRunBatches()
{
    const auto executor = make();
    std::atomic<int> ran{0};
    for (int i = 0; i < 10; ++i) {
        executor->post([&] { executor->runAll(Tasks(5, [&] { ++ran; })); });
        executor->runAll(Tasks(5, [&] { ++ran; }));
    }
    executor->drain();
    QCOMPARE(ran.load(), 100);
}

void TestExecutor::drainWithNothingPostedReturns()
{
    const auto executor = make();
    executor->drain();
}

void TestExecutor::destructionRunsWhatWasPosted()
{
    int ran = 0;
    {
        const auto executor = makeThreadExecutor(3);
        for (int i = 0; i < 50; ++i) {
            executor->post([&ran] { ++ran; });
        }
    }
    QCOMPARE(ran, 50);
}

/// Three tasks that each wait for the other two end only if all three run at once.
void TestExecutor::tasksRunAtTheSameTime()
{
    const auto executor = makeThreadExecutor(3);
    std::mutex mutex;
    std::condition_variable changed;
    int arrived = 0;
    executor->runAll(Tasks(3, [&] {
        std::unique_lock lock(mutex);
        ++arrived;
        changed.notify_all();
        changed.wait(lock, [&] { return arrived == 3; });
    }));
    QCOMPARE(arrived, 3);
}

void TestExecutor::theInlineExecutorStaysOnTheCallersThread()
{
    const auto executor = makeInlineExecutor();
    std::set<std::thread::id> seen;
    executor->post([&] { seen.insert(std::this_thread::get_id()); });
    executor->runAll(Tasks(3, [&] { seen.insert(std::this_thread::get_id()); }));
    QCOMPARE(seen, std::set<std::thread::id>{std::this_thread::get_id()});
}

CARMA_TEST_CLASS(TestExecutor, "test_executor")
#include "test_executor.moc"
