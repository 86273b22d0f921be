// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/progress.h>

#include <QAbstractListModel>
#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <mutex>
#include <vector>

namespace carma::gui {

enum class JobState : int { Running, Done, Failed, Cancelled };

/// Long work. Progress comes from the working thread at any rate; the list below looks at it at a fixed pace.
class Job {
public:
    explicit Job(QString title, bool isBackground = false);
    [[nodiscard]] Task task(); ///< for the working thread; must not outlive the job
    void cancel() { m_stop.request_stop(); }
    void end(JobState state, const QString& remark); ///< GUI thread

    [[nodiscard]] Progress progress() const; ///< any thread
    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] JobState state() const { return m_state; }
    /// Goes on until it is stopped and keeps nobody waiting, like the beacon: not counted as running work.
    [[nodiscard]] bool isBackground() const { return m_isBackground; }
    /// What does the same on the command line, behind "carma -s STORE"; empty if nothing does. GUI thread.
    [[nodiscard]] QStringList command() const { return m_command; }
    void setCommand(QStringList command) { m_command = std::move(command); }
    [[nodiscard]] bool cancelRequested() const { return m_stop.stop_requested(); }
    /// "1,204 of 3,000 files, 310 a second, 6 s left"
    [[nodiscard]] QString line() const;
    [[nodiscard]] int permille() const; ///< -1 while the total is not known

private:
    const QString m_title;
    const bool m_isBackground;
    QStringList m_command;
    std::stop_source m_stop;
    QElapsedTimer m_clock;
    qint64 m_tookMs = 0;
    JobState m_state = JobState::Running;
    QString m_remark;
    mutable std::mutex m_mutex;
    Progress m_progress; ///< guarded by m_mutex
};

/// Jobs, newest first; ended ones stay until they are cleared.
class JobsModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { StateRole = Qt::UserRole, PermilleRole, LineRole, CommandRole };

    explicit JobsModel(QObject* parent = nullptr);
    std::shared_ptr<Job> add(const QString& title, bool isBackground = false);
    void ended(const std::shared_ptr<Job>& job, JobState state, const QString& remark);
    void cancel(const QModelIndex& index);
    void cancelAll();
    void clearEnded();
    [[nodiscard]] int running() const; ///< without those in the background
    [[nodiscard]] std::shared_ptr<Job> job(int row) const { return m_jobs.at(static_cast<std::size_t>(row)); }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

signals:
    void changed(); ///< something ran on, began or ended

private:
    void poll();

    std::vector<std::shared_ptr<Job>> m_jobs; // shared with the threads that work on them
    QTimer m_timer;
};

} // namespace carma::gui
