// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui_support.h"
#include "support/test_main.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr int kEvents = 1000;
constexpr int kCloseMs = 50;
constexpr int kReopenAfter = 30;

/// Somebody who presses anything. The same seed presses the same, as far as what is on screen then is the same.
class Monkey {
public:
    Monkey(MainWindow& window, quint32 seed, std::function<void()> reopen) : m_window(window), m_random(seed), m_reopen(std::move(reopen))
    {
        // A timer, because some run an event loop of their own.
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { closeChoosers(); });
        m_timer.start(kCloseMs);
    }

    void step()
    {
        QWidget* top = QApplication::activeModalWidget() != nullptr ? QApplication::activeModalWidget()
            : QApplication::activePopupWidget() != nullptr          ? QApplication::activePopupWidget()
                                                                    : &m_window;
        if (!m_window.session().isOpen() && !m_window.session().isOpening() && ++m_closedSteps % kReopenAfter == 0) {
            m_reopen();
        }
        switch (m_random.bounded(10)) {
        case 0: m_window.goTo(m_window.pageIds().at(m_random.bounded(static_cast<int>(m_window.pageIds().size())))); break;
        case 1:
        case 2: click(*top); break;
        case 3: press(*top); break;
        case 4: command(); break;
        default: key(*top); break;
        }
        QApplication::processEvents();
    }

private:
    /// Files are chosen by other programs: a chooser is sent away. A menu that waits in an event loop of its own is used or left.
    void closeChoosers()
    {
        if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            QTest::keyClick(menu, Qt::Key_Down);
            QTest::keyClick(menu, ++m_menus % 2 == 0 ? Qt::Key_Return : Qt::Key_Escape);
        }
        for (QWidget* each : QApplication::topLevelWidgets()) { // also one that asks something in front of it at that moment
            auto* chooser = qobject_cast<QFileDialog*>(each);
            if (chooser != nullptr && chooser->isVisible()) {
                chooser->reject();
            }
        }
        if (auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) {
            question->reject();
        }
    }
    void click(QWidget& top)
    {
        const QList<QAbstractItemView*> views = top.findChildren<QAbstractItemView*>();
        if (views.isEmpty()) {
            return;
        }
        QAbstractItemView* view = views[m_random.bounded(static_cast<int>(views.size()))];
        if (view->isVisible()) {
            QTest::mouseClick(view->viewport(), m_random.bounded(6) == 0 ? Qt::RightButton : Qt::LeftButton, {},
                {m_random.bounded(300), m_random.bounded(200)});
        }
    }
    void press(QWidget& top)
    {
        const QList<QAbstractButton*> buttons = top.findChildren<QAbstractButton*>();
        if (buttons.isEmpty()) {
            return;
        }
        QAbstractButton* button = buttons[m_random.bounded(static_cast<int>(buttons.size()))];
        if (button->isVisible() && button->isEnabled()) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    void command()
    {
        const auto commands = m_window.commands();
        QAction* action = commands[static_cast<std::size_t>(m_random.bounded(static_cast<int>(commands.size())))];
        const bool wanted = action->text() != "Quit" && action->text() != "Take the tour";
        if (action->isEnabled() && wanted && (QApplication::activeModalWidget() == nullptr || action->text() == "Lock")) {
            action->trigger();
        }
    }
    void key(QWidget& top)
    {
        static constexpr Qt::Key kKeys[] = {Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Down, Qt::Key_Up, Qt::Key_Left, Qt::Key_Right,
            Qt::Key_Space, Qt::Key_A, Qt::Key_E, Qt::Key_1, Qt::Key_PageDown, Qt::Key_End, Qt::Key_Home, Qt::Key_Backspace, Qt::Key_Escape,
            Qt::Key_Return, Qt::Key_Menu};
        QWidget* focus = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : &top;
        const Qt::KeyboardModifiers with = m_random.bounded(8) == 0 ? Qt::KeyboardModifiers(Qt::ShiftModifier) : Qt::NoModifier;
        QTest::keyClick(focus, kKeys[m_random.bounded(static_cast<int>(std::size(kKeys)))], with);
    }
    MainWindow& m_window;
    QRandomGenerator m_random;
    QTimer m_timer;
    int m_menus = 0;
    std::function<void()> m_reopen; ///< the store, after it was locked
    int m_closedSteps = 0;
};

} // namespace

/// Random clicks and keys. CARMA_MONKEY_SESSIONS says how many sessions (2 else, for every day), CARMA_MONKEY_SEED where they begin.
class TestGuiMonkey : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;

private slots:
    void initTestCase()
    {
        for (const char* home : {"XDG_DATA_HOME", "XDG_CONFIG_HOME"}) { // a monkey makes stores, too
            qputenv(home, m_home.path().toLocal8Bit());
        }
        QDir::setCurrent(m_home.path()); // and folders, where a chooser begins
        needApplication();
    }

    void aSessionDoesNoHarm_data()
    {
        QTest::addColumn<quint32>("seed");
        bool given = false;
        const int wanted = qEnvironmentVariableIntValue("CARMA_MONKEY_SESSIONS", &given);
        const auto first = static_cast<quint32>(qEnvironmentVariableIntValue("CARMA_MONKEY_SEED"));
        for (quint32 seed = first; seed < first + static_cast<quint32>(given ? wanted : 2); ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    void aSessionDoesNoHarm()
    {
        QFETCH(quint32, seed);
        WindowFixture fixture;
        QVERIFY(fixture.open());
        Monkey monkey(fixture.window(), seed, [&fixture] {
            OpenRequest request;
            request.path = fixture.storePath();
            request.keyFile = fixture.keyFile();
            fixture.window().session().open(std::move(request));
        });
        for (int i = 0; i < kEvents; ++i) {
            monkey.step();
        }
        while (QWidget* dialog = QApplication::activeModalWidget()) {
            dialog->close();
            dialog->hide();
        }
        fixture.window().session().jobs().cancelAll();
        QVERIFY(fixture.idle());
        fixture.window().goTo("settings"); // it may have locked the store, but it lives
        QCOMPARE(fixture.window().currentPage(), QString("settings"));
    }
};

CARMA_TEST_CLASS(TestGuiMonkey, "test_monkey")

#include "test_monkey.moc"
