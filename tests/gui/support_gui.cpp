// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui_support.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

namespace carma::test {

namespace {
constexpr int kPatienceMs = 60000;
constexpr int kWatchMs = 5;

/// How long this thread had a processor, and how long it waited for one: the first two numbers of the file, in nanoseconds.
std::pair<qint64, qint64> timesOf(QFile& schedule)
{
    schedule.seek(0);
    const QList<QByteArray> numbers = schedule.isOpen() ? schedule.readAll().split(' ') : QList<QByteArray>();
    return {numbers.value(0).toLongLong(), numbers.value(1).toLongLong()};
}

} // namespace

void needApplication()
{
    static int argc = 1;
    static char program[] = "test_gui";
    static char* argv[] = {program, nullptr};
    if (QApplication::instance() == nullptr) {
        if (qEnvironmentVariableIsEmpty("CARMA_GUI_PLATFORM")) {
            qputenv("QT_QPA_PLATFORM", "offscreen");
        } else { // a person wants to see it, or a script to take pictures of real windows
            qputenv("QT_QPA_PLATFORM", qgetenv("CARMA_GUI_PLATFORM"));
        }
        new QApplication(argc, argv); // lives as long as the process: Qt's own statics need it at the end
    }
}

bool waitUntil(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, kPatienceMs); }

QPushButton* buttonCalled(QWidget& root, const QString& text)
{
    for (QPushButton* button : root.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisible()) {
            return button;
        }
    }
    return nullptr;
}

QLineEdit* lineCalled(QWidget& root, const QString& name)
{
    for (QLineEdit* line : root.findChildren<QLineEdit*>()) {
        if (line->accessibleName() == name) {
            return line;
        }
    }
    return nullptr;
}

QTableView* tableCalled(QWidget& root, const QString& name)
{
    for (QTableView* table : root.findChildren<QTableView*>()) {
        if (table->accessibleName() == name) {
            return table;
        }
    }
    return nullptr;
}

QTabWidget* tabsOf(QWidget& root) { return root.findChild<QTabWidget*>(); }

WindowFixture::WindowFixture()
    : m_file(std::make_unique<gui::SettingsFile>(m_folder.filePath("settings.ini"))), m_window(std::make_unique<gui::MainWindow>(*m_file))
{
    m_window->show();
}

WindowFixture::~WindowFixture() = default;

bool WindowFixture::make()
{
    gui::CreateRequest request;
    request.path = storePath();
    request.keyFile = keyFile();
    request.scryptCost = 1U << 10U;
    bool ended = false;
    bool made = false;
    m_window->session().create(std::move(request), m_window.get(), [&](const Result<Created>& created) {
        ended = true;
        made = created.has_value();
    });
    return waitUntil([&] { return ended; }) && made;
}

bool WindowFixture::open()
{
    if (!make()) {
        return false;
    }
    gui::OpenRequest request;
    request.path = storePath();
    request.keyFile = keyFile();
    m_window->session().open(std::move(request));
    if (!waitUntil([this] { return m_window->session().isOpen(); })) {
        return false;
    }
    bool kept = false;
    m_window->session().ask(
        m_window.get(),
        [](Store& store) {
            const auto ids = store.memory().remember("default",
                {{"The spare key hangs behind the clock.", "Keys", "", {}}, {"Ferment the leaves for three weeks.", "Leaves", "", {}},
                    {"The choir meets on Tuesday.", "Choir", "", {}}});
            return ids ? store.seal() : Result<void>(ids.error());
        },
        [&kept](const Result<void>& answer) { kept = answer.has_value(); });
    return waitUntil([&] { return kept; });
}

Watchdog::Watchdog() : m_schedule("/proc/thread-self/schedstat")
{
    (void)m_schedule.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    m_timer.setInterval(kWatchMs);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        const auto times = timesOf(m_schedule);
        const qint64 tookMs = m_clock.restart() - kWatchMs;
        m_longestMs = std::max(m_longestMs, tookMs);
        m_longestOwnMs = std::max(m_longestOwnMs, tookMs - (times.second - m_times.second) / 1000000);
        m_longestBusyMs = std::max(m_longestBusyMs, std::min(tookMs, (times.first - m_times.first) / 1000000));
        m_times = times;
    });
    m_timer.start();
    restart();
}

void Watchdog::restart()
{
    m_longestMs = m_longestOwnMs = m_longestBusyMs = 0;
    m_times = timesOf(m_schedule);
    m_clock.start();
}

} // namespace carma::test
