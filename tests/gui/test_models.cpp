// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs.h"
#include "app/problem.h"
#include "app/settings.h"
#include "app/theme.h"
#include "frame/command_palette.h"
#include "gui_support.h"
#include "pages/documents_model.h"
#include "pages/faults_model.h"
#include "pages/hits_model.h"
#include "pages/tree_model.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr auto kStrict = QAbstractItemModelTester::FailureReportingMode::QtTest;

/// `count` documents with the ids 1..count, answered at once.
DocumentSource numbered(std::uint64_t count)
{
    return [count](const FragmentId& after, std::size_t limit, const auto& answer) {
        std::uint64_t last = 0;
        for (std::size_t i = 8; i < 16; ++i) {
            last = (last << 8U) | after.bytes[i];
        }
        std::vector<DocumentSummary> page;
        for (std::uint64_t i = last + 1; i <= count && page.size() < limit; ++i) {
            DocumentSummary document;
            document.id = FragmentId{}.plus(i);
            document.title = "document " + std::to_string(i);
            page.push_back(std::move(document));
        }
        answer(std::move(page));
    };
}

DocumentTree smallTree()
{
    DocumentTree tree;
    tree.document.path = "a/b.md";
    const std::uint32_t parents[] = {0, 0, 1, 1, 0, 4};
    for (std::uint32_t i = 0; i < 6; ++i) {
        TreeNode node;
        node.id = FragmentId{}.plus(i + 1);
        node.parent = parents[i];
        node.level = i == 0 ? TreeLevel::Document : i == 1 || i == 4 ? TreeLevel::Section : TreeLevel::Passage;
        node.state = i == 3 ? FragmentState::Placeholder : FragmentState::Exact;
        tree.nodes.push_back(node);
    }
    return tree;
}

} // namespace

/// Models, palettes, settings and strings, without a window.
class TestGuiModels : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void documentsComePageByPage()
    {
        DocumentsModel model;
        const QAbstractItemModelTester tester(&model, kStrict);
        model.setSource(numbered(1200));
        model.reload();
        QCOMPARE(model.rowCount(), 500);
        model.fetchMore({});
        model.fetchMore({});
        QCOMPARE(model.rowCount(), 1200);
        QVERIFY(!model.canFetchMore({}));
        QCOMPARE(model.index(1199, 0).data().toString(), QString("document 1200"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void aMillionDocumentsHoldFewPages()
    {
        DocumentsModel model;
        model.setSource(numbered(1000000));
        model.reload();
        while (model.canFetchMore({})) {
            model.fetchMore({});
        }
        QCOMPARE(model.rowCount(), 1000000);
        QVERIFY(model.pagesHeld() <= DocumentsModel::kPagesKept);
        for (const int row : {0, 499, 500, 123456, 999999, 3}) {
            (void)model.index(row, 0).data(); // asks for the page
            QCOMPARE(model.index(row, 0).data().toString(), QString("document %1").arg(row + 1));
        }
        QVERIFY(model.pagesHeld() <= DocumentsModel::kPagesKept);
    }

    void anAnswerAfterAReloadIsDropped()
    {
        DocumentsModel model;
        std::function<void(std::vector<DocumentSummary>)> late;
        model.setSource([&late](const FragmentId&, std::size_t, auto answer) { late = std::move(answer); });
        model.reload();
        const auto first = late;
        model.clear();
        first(std::vector<DocumentSummary>(3));
        QCOMPARE(model.rowCount(), 0);
    }

    void treeHasItsLevels()
    {
        TreeModel model;
        const QAbstractItemModelTester tester(&model, kStrict);
        model.setTree(smallTree());
        const QModelIndex root = model.index(0, 0);
        QCOMPARE(model.rowCount(root), 2);
        QCOMPARE(model.rowCount(model.index(0, 0, root)), 2);
        QCOMPARE(model.indexOf(FragmentId{}.plus(6)).parent(), model.index(1, 0, root));
        QVERIFY(!model.indexOf(FragmentId{}.plus(99)).isValid());
        QCOMPARE(root.data().toString(), QString("b.md"));
    }

    void hitsExplainTheirScores()
    {
        HitsModel model;
        const QAbstractItemModelTester tester(&model, kStrict);
        QueryAnswer answer;
        QueryHit hit;
        hit.score = 0.75F;
        hit.terms = {{"meaning", 0.5F, 0.25F}};
        hit.fragment.text = "one\ntwo";
        answer.hits = {hit, hit};
        model.setAnswer(std::move(answer));
        QCOMPARE(model.index(0, HitsModel::Text).data().toString(), QString("one two"));
        QVERIFY(model.explanation(0).contains("meaning"));
        QVERIFY(model.explanation(7).isEmpty());
    }

    void faultsAndLossesAreListed()
    {
        FaultsModel faults;
        LostModel lost;
        const QAbstractItemModelTester one(&faults, kStrict);
        const QAbstractItemModelTester other(&lost, kStrict);
        RememberedFault fault;
        fault.fault.kind = FaultKind::BadSector;
        fault.fault.file = "shards/1/a.shard";
        fault.fault.sector = 7;
        faults.setFaults({fault, fault});
        lost.setItems({LostItem{}});
        QCOMPARE(faults.firstOf("shards/1/a.shard"), 0);
        QCOMPARE(faults.firstOf("none"), -1);
        QCOMPARE(faults.index(0, FaultsModel::Sector).data().toString(), QString("7"));
        QCOMPARE(lost.rowCount(), 1);
    }

    void jobsTellHowFarTheyAre()
    {
        JobsModel model;
        const QAbstractItemModelTester tester(&model, kStrict);
        const auto job = model.add("heal");
        job->task().report({"healing", 250, 1000, "sectors"});
        QCOMPARE(job->permille(), 250);
        QVERIFY(job->line().contains("healing"));
        model.cancel(model.index(0));
        QVERIFY(job->task().cancelled());
        model.ended(job, JobState::Cancelled, {});
        QCOMPARE(model.running(), 0);
        model.clearEnded();
        QCOMPARE(model.rowCount(), 0);
    }

    void coloursHaveContrast()
    {
        QCOMPARE(qRound(contrast(Qt::black, Qt::white)), 21);
        for (const Theme theme : {Theme::Light, Theme::Dark, Theme::Contrast}) {
            const QPalette p = paletteOf(theme);
            const Tones t = tonesOf(theme);
            const std::vector<std::pair<QColor, QColor>> pairs{{p.color(QPalette::Text), p.color(QPalette::Base)},
                {p.color(QPalette::Text), p.color(QPalette::AlternateBase)}, {p.color(QPalette::WindowText), p.color(QPalette::Window)},
                {p.color(QPalette::ButtonText), p.color(QPalette::Button)},
                {p.color(QPalette::HighlightedText), p.color(QPalette::Highlight)}, {p.color(QPalette::Link), p.color(QPalette::Base)},
                {p.color(QPalette::ToolTipText), p.color(QPalette::ToolTipBase)},
                {p.color(QPalette::PlaceholderText), p.color(QPalette::Base)}, {t.quiet, p.color(QPalette::Window)},
                {t.quiet, p.color(QPalette::Base)}, {t.bad, p.color(QPalette::Base)}, {t.warn, p.color(QPalette::Base)},
                {t.good, p.color(QPalette::Base)}, {p.color(QPalette::WindowText), t.panel}};
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                const double value = contrast(pairs[i].first, pairs[i].second);
                QVERIFY2(value >= 4.5, qPrintable(QString("theme %1, pair %2: %3").arg(static_cast<int>(theme)).arg(i).arg(value)));
            }
        }
    }

    void settingsComeBackAndGarbageIsSetAside()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("settings.ini");
        SettingsFile file(path);
        Settings settings;
        settings.theme = Theme::Dark;
        settings.scalePercent = 150;
        settings.idleLockMinutes = 3;
        settings.rememberStore("/a");
        settings.rememberStore("/b");
        settings.rememberStore("/a");
        QVERIFY(file.save(settings));
        const Settings back = SettingsFile(path).load();
        QCOMPARE(back.theme, Theme::Dark);
        QCOMPARE(back.scalePercent, 150);
        QCOMPARE(back.recentStores, QStringList({"/a", "/b"}));

        QFile garbage(path);
        QVERIFY(garbage.open(QIODevice::WriteOnly));
        garbage.write(QByteArray(5000, '\xff'));
        garbage.close();
        QCOMPARE(file.load().scalePercent, 100);
        QCOMPARE(file.setAside(), path + ".bad");
        QVERIFY(QFile::exists(path + ".bad"));

        QFile::remove(path + ".bad");
        QVERIFY(garbage.open(QIODevice::WriteOnly));
        garbage.write("no settings, but a text about [workstation]\n");
        garbage.close();
        SettingsFile(path).load();
        QVERIFY(QFile::exists(path + ".bad"));

        QVERIFY(garbage.open(QIODevice::WriteOnly));
        garbage.write("[workstation]\nscale=9000\ntheme=-4\nidleLock=x\nlanguage=tlh\n");
        garbage.close();
        const Settings odd = SettingsFile(path).load();
        QCOMPARE(odd.scalePercent, 100);
        QCOMPARE(odd.theme, Theme::Light);
        QCOMPARE(odd.idleLockMinutes, 10);
        QVERIFY(odd.language.isEmpty());
    }

    void everyErrorSaysWhatAndWhatNext()
    {
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            for (int intent = 0; intent <= static_cast<int>(Intent::Work); ++intent) {
                const Problem problem = explain({static_cast<ErrorCode>(code), "the thing"}, static_cast<Intent>(intent));
                QVERIFY(!problem.what.isEmpty());
                QVERIFY(problem.why.contains("the thing"));
                QVERIFY(!problem.next.isEmpty());
                QCOMPARE(problem.button.isEmpty(), problem.remedy == Remedy::None);
            }
        }
    }

    void lettersFindCommands()
    {
        QVERIFY(matchesLoosely("gth", "Go to Healing"));
        QVERIFY(matchesLoosely("", "anything"));
        QVERIFY(!matchesLoosely("zzz", "Go to Healing"));
    }

    void germanIsComplete()
    {
        QFile file(QString(CARMA_SOURCE_DIR) + "/resources/i18n/carma-workstation_de.ts");
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(&file);
        QString source;
        int count = 0;
        while (!xml.atEnd()) {
            xml.readNext();
            if (xml.isStartElement() && xml.name() == QLatin1String("source")) {
                source = xml.readElementText();
            } else if (xml.isStartElement() && xml.name() == QLatin1String("translation")) {
                const bool unfinished = xml.attributes().hasAttribute("type");
                const QString german = xml.readElementText();
                QVERIFY2(!unfinished && !german.isEmpty(), qPrintable(source));
                for (const char* place : {"%1", "%2", "%3", "%4"}) {
                    QVERIFY2(source.contains(place) == german.contains(place), qPrintable(source));
                }
                ++count;
            }
        }
        QVERIFY(!xml.hasError());
        QVERIFY(count > 250);
    }
};

CARMA_TEST_CLASS(TestGuiModels, "test_models")

#include "test_models.moc"
