// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"
#include "app/theme.h"
#include "frame/picture_samples.h"
#include "frame/profile_dialog.h"
#include "frame/unlock_dialog.h"
#include "frame/widgets.h"
#include "gui_support.h"
#include "pages/class_dialog.h"
#include "pages/edit_dialog.h"
#include "pages/forget_dialog.h"
#include "pages/holds_dialog.h"
#include "pages/invoice_change_dialog.h"
#include "pages/key_change_dialog.h"
#include "pages/new_key_dialog.h"
#include "pages/tags_dialog.h"
#include "support/test_main.h"

#include <carma/clock.h>

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyleFactory>
#include <QTabBar>
#include <QTest>
#include <QTextBlock>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr int kTolerance = 1; ///< rounding of a fraction of a pixel

/// What of the text of a visible label, button, box or tab is not to be seen.
QStringList cutIn(QWidget& root)
{
    QStringList cut;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty()) {
            continue;
        }
        QString words;
        QSize needed;
        if (const auto* label = qobject_cast<QLabel*>(widget); label != nullptr && !label->text().isEmpty()) {
            words = label->text();
            needed = label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint();
        } else if (const auto* button = qobject_cast<QAbstractButton*>(widget); button != nullptr && !button->text().isEmpty()) {
            words = button->text();
            needed = button->minimumSizeHint().expandedTo({button->fontMetrics().horizontalAdvance(QString(words).remove('&')), 0});
        } else if (const auto* bar = qobject_cast<QTabBar*>(widget)) {
            for (int tab = 0; tab < bar->count(); ++tab) {
                words = bar->tabText(tab);
                if (bar->isTabVisible(tab) && bar->tabRect(tab).width() < bar->fontMetrics().horizontalAdvance(words)) {
                    cut.append("tab " + words);
                }
            }
            continue;
        } else {
            continue;
        }
        if (needed.width() > widget->width() + kTolerance || needed.height() > widget->height() + kTolerance) {
            cut.append(QString("'%1' in %2 needs %3x%4 and has %5x%6")
                           .arg(words.left(60), widget->parentWidget()->metaObject()->className())
                           .arg(needed.width())
                           .arg(needed.height())
                           .arg(widget->width())
                           .arg(widget->height()));
        }
    }
    return cut;
}

void letPaint()
{
    for (int i = 0; i < 6; ++i) {
        QApplication::processEvents();
    }
}

} // namespace

/// Whether all words can be read: a walk through every page and dialog in both languages and all themes, at a scale of 200 %, in the
/// smallest window that the program allows, which must fit on a screen of 2560 by 1440.
class TestGuiFit : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QApplication::instance() == nullptr && qEnvironmentVariableIsEmpty("QT_SCALE_FACTOR")) {
            qputenv("QT_SCALE_FACTOR", "2");
        }
        needApplication();
    }

    void theWalkFindsWhatIsCut()
    {
        QWidget window;
        auto* label = new QLabel("words that are long enough", &window);
        auto* press = new QPushButton("another long text", &window);
        label->setGeometry(0, 0, 40, 30);
        press->setGeometry(0, 40, 40, 30);
        window.show();
        letPaint();
        QCOMPARE(cutIn(window).size(), 2);
        label->resize(400, 30);
        press->resize(400, 40);
        letPaint();
        QCOMPARE(cutIn(window), QStringList());
    }

    void nothingIsCut_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<int>("theme");
        QTest::addColumn<bool>("fromRight");
        for (const char* language : {"en", "de"}) {
            for (const Theme theme : {Theme::Light, Theme::Dark, Theme::Contrast}) {
                QTest::addRow("%s, theme %d", language, static_cast<int>(theme)) << language << static_cast<int>(theme) << false;
            }
        }
        QTest::newRow("en from right to left") << "en" << static_cast<int>(Theme::Light) << true;
    }

    void nothingIsCut()
    {
        QFETCH(QString, language);
        QFETCH(int, theme);
        QFETCH(bool, fromRight);
        QApplication::setLayoutDirection(fromRight ? Qt::RightToLeft : Qt::LeftToRight);
        QVERIFY(useLanguage(*qobject_cast<QApplication*>(QApplication::instance()), language));
        WindowFixture fixture;
        MainWindow& window = fixture.window();
        window.settings().theme = static_cast<Theme>(theme);
        window.settingsChanged();
        QVERIFY(fixture.open());
        std::optional<Result<void>> filled;
        window.session().ask(
            &window, [](Store& store) { return fillSamples(store, systemClock().wallTimeUs()); },
            [&filled](const Result<void>& done) { filled = done; });
        QVERIFY(waitUntil([&filled] { return filled.has_value(); }));
        window.resize(1, 1);
        qInfo("smallest window: %d by %d", window.width(), window.height());
        QVERIFY(window.width() <= 1280 && window.height() <= 700);
        QStringList cut;
        const std::vector<std::pair<QString, QString>> views{{"overview", ""}, {"memory", ""}, {"memory", "spare key"}, {"graph", ""},
            {"healing", "faults"}, {"healing", "lost"}, {"healing", "hypotheses"}, {"healing", "drill"}, {"healing", "beacon"},
            {"keys", ""}, {"billing", "usage"}, {"billing", "invoices"}, {"billing", "plans"}, {"audit", ""}, {"settings", ""},
            {"shortcuts", ""}};
        for (const auto& view : views) {
            window.goTo(view.first, view.second);
            QTest::qWait(250);
            letPaint();
            for (const QString& each : cutIn(window)) {
                cut.append(view.first + ' ' + view.second + ": " + each);
            }
        }
        std::vector<std::unique_ptr<QDialog>> dialogs;
        dialogs.push_back(std::make_unique<UnlockDialog>(window.session(), "/none", &window));
        dialogs.push_back(std::make_unique<ForgetDialog>(std::vector<DocumentSummary>(1), std::vector<DocumentSummary>(2), &window));
        dialogs.push_back(std::make_unique<NewKeyDialog>(std::vector<KeyRateClass>{}, &window));
        dialogs.push_back(std::make_unique<ClassDialog>(KeyRateClass{}, &window));
        dialogs.push_back(std::make_unique<KeyChangeDialog>(KeyChange::Rotate, KeyInfo{}, &window));
        dialogs.push_back(std::make_unique<KeyChangeDialog>(KeyChange::Revoke, KeyInfo{}, &window));
        dialogs.push_back(std::make_unique<InvoiceChangeDialog>(Invoice{}, InvoiceChange::Void, &window));
        dialogs.push_back(std::make_unique<InvoiceChangeDialog>(Invoice{}, InvoiceChange::Credit, &window));
        dialogs.push_back(std::make_unique<TagsDialog>(std::vector<DocumentSummary>(1), &window));
        dialogs.push_back(std::make_unique<EditDialog>("title", "words", &window));
        dialogs.push_back(std::make_unique<HoldsDialog>(window, &window));
        dialogs.push_back(std::make_unique<ProfileDialog>(StoreProfile{"/srv/store", "Town", ""}, &window));
        for (const auto& dialog : dialogs) {
            dialog->show();
            letPaint();
            for (const QString& each : cutIn(*dialog)) {
                cut.append(QString(dialog->metaObject()->className()) + ": " + each);
            }
            dialog->hide();
        }
        cut.removeDuplicates();
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join("\n")));
    }

    void rightToLeftTextIsShownFromTheRight()
    {
        QApplication::setLayoutDirection(Qt::RightToLeft);
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        const QString hebrew = QString::fromUtf8(
            "\u05d4\u05de\u05e4\u05ea\u05d7 \u05ea\u05dc\u05d5\u05d9 \u05de\u05d0\u05d7\u05d5\u05e8\u05d9 \u05d4\u05e9\u05e2\u05d5\u05df.");
        std::optional<Result<std::vector<FragmentId>>> kept;
        window.session().ask(
            &window,
            [words = hebrew.toStdString()](Store& store) {
                return store.memory().remember("default", {{words, words, "", {}}});
            },
            [&kept](const Result<std::vector<FragmentId>>& ids) { kept = ids; });
        QVERIFY(waitUntil([&] { return kept.has_value(); }));
        VERIFY_OK(*kept);
        window.goTo("memory", "id:" + QString::fromStdString(toString((*kept)->front())));
        QPlainTextEdit* reader = nullptr;
        for (QPlainTextEdit* each : window.findChildren<QPlainTextEdit*>()) {
            reader = each->accessibleName() == "Text" ? each : reader;
        }
        QVERIFY(reader != nullptr);
        QVERIFY(waitUntil([&] { return reader->toPlainText() == hebrew; }));
        QCOMPARE(reader->document()->firstBlock().textDirection(), Qt::RightToLeft);
        const auto* navigation = window.findChild<QListWidget*>("navigation");
        QVERIFY(navigation->mapTo(&window, QPoint()).x() > window.width() / 2); // the pages stand at the right then
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void cleanupTestCase()
    {
        QApplication::setLayoutDirection(Qt::LeftToRight);
        useLanguage(*qobject_cast<QApplication*>(QApplication::instance()), "en");
        applyTheme(*qApp, Theme::Light);
    }
};

CARMA_TEST_CLASS(TestGuiFit, "test_fit")

#include "test_fit.moc"
