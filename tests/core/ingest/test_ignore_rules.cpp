// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/folder_watch.h"
#include "ingest/ignore_rules.h"
#include "support/test_main.h"

#include <QTest>

#include <string>

using namespace carma;
using namespace carma::ingest;

class TestIgnoreRules : public QObject {
    Q_OBJECT

private:
    static bool ignored(std::string_view file, std::string_view path, bool isFolder = false)
    {
        IgnoreRules rules;
        rules.add(file, "");
        return rules.ignores(path, isFolder);
    }

private slots:
    void namesMatchAtAnyDepth()
    {
        QVERIFY(ignored("*.log", "a.log"));
        QVERIFY(ignored("*.log", "deep/er/a.log"));
        QVERIFY(!ignored("*.log", "a.log.txt"));
        QVERIFY(ignored("a?c", "x/abc"));
        QVERIFY(ignored("[a-c]x", "bx") && !ignored("[!a-c]x", "bx") && ignored("[^a-c]x", "dx"));
    }

    void commentsBlanksAndEscapes()
    {
        QVERIFY(!ignored("# a\n\n  \n", "# a"));
        QVERIFY(ignored("\\#a", "#a") && ignored("\\!a", "!a"));
        QVERIFY(ignored("a  ", "a") && ignored("a\\ ", "a ") && ignored("a\r\nb\r\n", "b"));
    }

    void foldersOnlyAndAnchors()
    {
        QVERIFY(ignored("build/", "x/build", true) && !ignored("build/", "x/build", false));
        QVERIFY(ignored("/top", "top") && !ignored("/top", "x/top"));
        QVERIFY(ignored("a/b", "a/b") && !ignored("a/b", "x/a/b") && !ignored("a/*", "a/b/c"));
    }

    void twoStarsStandForAnyFolders()
    {
        QVERIFY(ignored("**/foo", "foo") && ignored("**/foo", "a/b/foo"));
        QVERIFY(ignored("a/**", "a/b/c") && !ignored("a/**", "a", true));
        QVERIFY(ignored("a/**/b", "a/b") && ignored("a/**/b", "a/x/y/b") && !ignored("a/**/b", "x/a/b"));
        QVERIFY(ignored("**/foo/bar", "x/foo/bar") && !ignored("**/foo/bar", "x/foo/x/bar"));
    }

    void theLastRuleCounts()
    {
        QVERIFY(!ignored("*.log\n!keep.log", "keep.log"));
        QVERIFY(ignored("!keep.log\n*.log", "keep.log"));
    }

    void nestedFilesSpeakOfTheirOwnFolder()
    {
        IgnoreRules rules;
        rules.add("*.txt", "");
        const std::size_t outer = rules.size();
        rules.add("!a.txt\n/b", "sub");
        QVERIFY(!rules.ignores("sub/a.txt", false) && rules.ignores("a.txt", false) && rules.ignores("sub/b", false));
        QVERIFY(!rules.ignores("sub/x/b", false) && !rules.ignores("subx/b", false));
        rules.truncate(outer);
        QVERIFY(rules.ignores("sub/a.txt", false));
    }

    void hostilePatternsTakeBoundedTime()
    {
        std::string stars;
        for (int i = 0; i < 450; ++i) {
            stars += "*a";
        }
        QVERIFY(!matchesGlob(stars + "b", std::string(100'000, 'a')));
        std::string deep = "**";
        std::string path = "a";
        for (int i = 0; i < 200; ++i) {
            deep += "/*/**";
            path += "/a";
        }
        QVERIFY(!ignored(deep + "/b", path));
        QVERIFY(!ignored("[", "a") && ignored("[", "[") && !ignored(std::string(5000, 'a'), std::string(5000, 'a')));
        QVERIFY(!ignored("\\", "a") && !ignored("/", "a") && !ignored("!", "a") && !ignored("[]a]", "b") && ignored("[]a]", "]"));
    }

    void changesAreLookedAtOnceTheyPause()
    {
        Debounce debounce;
        QVERIFY(!debounce.due(0));
        debounce.changed(1'000'000);
        QVERIFY(!debounce.due(1'000'000 + Debounce::kQuietUs - 1));
        debounce.changed(1'400'000);
        QVERIFY(!debounce.due(1'500'000));
        QVERIFY(debounce.due(1'400'000 + Debounce::kQuietUs));
        QVERIFY(!debounce.due(9'000'000));
        for (std::int64_t now = 0; now < Debounce::kLongestUs; now += 100'000) {
            debounce.changed(now);
            QVERIFY(!debounce.due(now));
        }
        QVERIFY(debounce.due(Debounce::kLongestUs));
    }
};

CARMA_TEST_CLASS(TestIgnoreRules, "test_ignore_rules")

#include "test_ignore_rules.moc"
