// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/sample_files.h"
#include "ingest/parser_process.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace carma;
using namespace carma::ingest;
using namespace carma::test;

/// carma-parse as the core uses it.
class TestParserProcess : public QObject {
    Q_OBJECT

private:
    static std::string program() { return CARMA_BINARY_DIR "/bin/carma-parse"; }
    static std::string ask(ParserPool& pool, std::string_view name, const std::string& file)
    {
        const auto found = pool.extract({name, asBytes(file)});
        return found.has_value() ? found->blocks.empty() ? "nothing" : found->blocks.back().text : found.error().message;
    }
    /// A program that does as the script says, in the place of carma-parse.
    std::string script(const std::string& text) const
    {
        std::string path = m_folder.path() + "/parser";
        std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    TemporaryFolder m_folder;

private slots:
    void readsManyFilesWithOneProcess()
    {
        ParserPool pool(program());
        for (int i = 0; i < 2 * ParserPool::kFilesMax + 5; ++i) {
            QCOMPARE(ask(pool, "a.html", "<p>text " + std::to_string(i)), "text " + std::to_string(i));
        }
        QCOMPARE(ask(pool, "a.pdf", pdfOf({"a page"})), std::string("a page"));
        QCOMPARE(ask(pool, "a.pdf", lockedPdf()), std::string("is a PDF document that is protected by a password"));
    }

    void isUsedByThreadsAtOnce()
    {
        ParserPool pool(program());
        std::vector<std::thread> threads;
        std::vector<std::string> answers(6);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            threads.emplace_back([&, i] { answers[i] = ask(pool, "a.eml", "Subject: x\n\nbody " + std::to_string(i)); });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            QCOMPARE(answers[i], "body " + std::to_string(i));
        }
    }

    void endlessWorkEndsAsOneNamedFailure()
    {
        ParserPool pool(program(), {.wallMs = 60'000, .cpuMs = 300, .addressBytes = 1ULL << 30U});
        std::string deep;
        for (int i = 0; i < 300'000; ++i) {
            deep += "<div>";
        }
        QCOMPARE(ask(pool, "a.html", deep + "x"), std::string("takes its parser longer than the limit on computing time"));
        QCOMPARE(ask(pool, "a.html", "<p>next"), std::string("next"));
    }

    void memoryIsBounded()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("the sanitizers take the whole address space");
#endif
        ParserPool pool(program(), {.wallMs = 60'000, .cpuMs = 20'000, .addressBytes = 300U << 20U});
        QCOMPARE(ask(pool, "a.html", std::string(200U << 20U, 'x')), std::string("needs more memory than its parser may have"));
        QCOMPARE(ask(pool, "a.html", "<p>next"), std::string("next"));
    }

    void waitsNoLongerThanTheLimit()
    {
        ParserPool pool(script("exec sleep 100"), {.wallMs = 200, .cpuMs = 1000, .addressBytes = 1ULL << 30U});
        QCOMPARE(ask(pool, "a.html", "<p>x"), std::string("takes its parser longer than the limit on time"));
    }

    void aWishToStopEndsTheWait()
    {
        ParserPool pool(script("exec sleep 100"));
        std::stop_source source;
        std::thread stopper([&source] { source.request_stop(); });
        const auto found = pool.extract({"a.html", asBytes("<p>x"), source.get_token()});
        stopper.join();
        COMPARE_ERROR(found, ErrorCode::Cancelled);
    }

    void programsThatMisbehaveAreNamed()
    {
        ParserPool gone({});
        QCOMPARE(ask(gone, "a.pdf", "x"), std::string("is read by the program carma-parse, which is not installed beside this one"));
        ParserPool missing("/nonexistent/carma-parse");
        QVERIFY(ask(missing, "a.pdf", "x").starts_with("is read by the program carma-parse, which cannot be started"));
        ParserPool crashes(script("kill -SEGV $$"));
        QCOMPARE(ask(crashes, "a.pdf", "x"), std::string("makes its parser crash (signal 11)"));
        ParserPool leaves(script("exit 7"));
        QCOMPARE(ask(leaves, "a.pdf", "x"), std::string("made its parser end with status 7"));
        ParserPool babbles(script("printf 'some text that is no frame at all'; cat >/dev/null"));
        QCOMPARE(ask(babbles, "a.pdf", "x"), std::string("its parser answered with nonsense"));
        ParserPool greedy(script("printf 'CRP1\\0\\0\\0\\0\\377\\377\\377\\377\\377\\377\\377\\177'; cat >/dev/null"));
        QCOMPARE(ask(greedy, "a.pdf", "x"), std::string("its parser answered with nonsense"));
    }

    void aFilterOfSystemCallsIsInPlace()
    {
        // Seccomp: 2 in its status means that a filter is on. The process waits for its next file meanwhile.
        ParserPool pool(program());
        QCOMPARE(ask(pool, "a.html", "<p>x"), std::string("x"));
        int filtered = 0;
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            std::ifstream status(entry.path() / "status");
            std::string text((std::istreambuf_iterator<char>(status)), std::istreambuf_iterator<char>());
            const bool ours = text.find("Name:\tcarma-parse") != std::string::npos &&
                text.find("PPid:\t" + std::to_string(QCoreApplication::applicationPid())) != std::string::npos;
            if (ours) {
                if (text.find("Seccomp:\t2") == std::string::npos) {
                    QSKIP("this kernel filters no system calls");
                }
                ++filtered;
            }
        }
        QCOMPARE(filtered, 1);
    }
};

CARMA_TEST_CLASS(TestParserProcess, "test_parser_process")

#include "test_parser_process.moc"
