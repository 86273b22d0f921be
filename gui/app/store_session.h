// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs.h"
#include "app/problem.h"

#include <carma/store.h>

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>

namespace carma::gui {

struct OpenRequest {
    QString path;
    QString keyFile; ///< used if neither of the texts below is given
    SecretBytes passphrase;
    SecretBytes recoveryCode;
    bool readOnly = false;
};

struct CreateRequest {
    QString path;
    unsigned data = 4, parity = 2;
    bool withKeyFile = true;
    QString keyFile; ///< empty: the key folder
    SecretBytes passphrase;
    std::uint64_t scryptCost = 1U << 16U; ///< lower only in tests
};

/// One open store and the threads that work on it. Lives in the GUI thread, whose functions return at once: results come back
/// there through a context object, and are dropped if it has died or another store was opened meanwhile.
/// The destructor asks all work to stop and waits for it.
class StoreSession : public QObject {
    Q_OBJECT

public:
    explicit StoreSession(JobsModel& jobs, QObject* parent = nullptr); ///< `jobs` must outlive the session
    ~StoreSession() override;

    void open(OpenRequest request);
    /// Makes a store; `done` gets the recovery code. Does not open it.
    void create(CreateRequest request, QObject* context, std::function<void(Result<Created>)> done);
    /// Stops all work and lets go of the store; files are closed behind the scenes.
    void close();

    [[nodiscard]] bool isOpen() const { return m_store != nullptr; }
    [[nodiscard]] bool isOpening() const { return m_opening; }
    [[nodiscard]] bool readOnly() const { return m_readOnly; }
    [[nodiscard]] QString path() const { return m_path; }
    /// A copy of what the store was opened with, for work on a copy of it. The session forgets it when the store is closed.
    [[nodiscard]] Credentials credentials() const;
    /// Arguments of carma that do something with this store.
    [[nodiscard]] QStringList command(const QStringList& arguments) const { return QStringList{"-s", m_path} + arguments; }
    /// What the store opens with from now on, for work on a copy, if it was opened with a passphrase.
    void passphraseChanged(const SecretBytes& passphrase)
    {
        if (m_credentials.passphrase) {
            m_credentials.passphrase = passphrase.clone();
        }
    }
    [[nodiscard]] JobsModel& jobs() { return m_jobs; }
    /// Takes news of the store that is open or being opened, from any thread and several at once; notice() tells them.
    [[nodiscard]] std::function<void(std::string_view)> newsLine();

    /// Asks the store something short on another thread. `done` is called in the GUI thread.
    template <typename Work, typename Done> void ask(QObject* context, Work work, Done done)
    {
        if (!m_store) {
            return;
        }
        run([store = m_store, work = std::move(work), done = std::move(done), guard = QPointer<QObject>(context), this,
                generation = m_generation]() mutable {
            auto answer = std::make_shared<decltype(work(*store))>(work(*store));
            store.reset(); // the last holder closes the files: here, not in the GUI thread
            post([answer, done = std::move(done), guard, this, generation] {
                if (guard && generation == m_generation) {
                    done(*answer);
                }
            });
        });
    }

    /// Asks Health::status. Counting a large store takes a second, in which nobody else can ask its catalog: at most one such question is
    /// on its way, and all that come meanwhile share the next one, so that no answer is older than its question.
    void askStatus(QObject* context, std::function<void(const Result<StatusReport>&)> done);

    /// Starts long work, which is listed among the jobs; `isBackground` as Job says. `done` returns the remark for the list.
    template <typename Work, typename Done>
    std::shared_ptr<Job> start(QObject* context, const QString& title, Work work, Done done, bool isBackground = false)
    {
        if (!m_store) {
            return {};
        }
        auto job = m_jobs.add(title, isBackground);
        run([store = m_store, job, work = std::move(work), done = std::move(done), guard = QPointer<QObject>(context), this,
                generation = m_generation]() mutable {
            auto answer = std::make_shared<decltype(work(*store, Task{}))>(work(*store, job->task()));
            store.reset();
            post([answer, job, done = std::move(done), guard, this, generation] {
                QString remark;
                if (guard && generation == m_generation) {
                    remark = done(*answer);
                }
                const JobState state = job->cancelRequested() ? JobState::Cancelled
                    : answer->has_value()                     ? JobState::Done
                                                              : JobState::Failed;
                m_jobs.ended(job, state, answer->has_value() ? remark : QString::fromStdString(answer->error().message));
                emit changed();
            });
        });
        return job;
    }

    /// Says with which arguments of carma a job that start() gave does its work; without a job, nothing.
    void tellCommand(const std::shared_ptr<Job>& job, const QStringList& arguments) const
    {
        if (job) {
            job->setCommand(command(arguments));
        }
    }

signals:
    void opened();
    void closed();
    void openFailed(const carma::gui::Problem& problem);
    void notice(const QString& line); ///< news for the user
    void changed();                   ///< what is in the store may have changed

private:
    struct Opened;
    void run(std::function<void()> work);
    void post(std::function<void()> call); ///< any thread
    EmbedderFactory pluginEmbedders();     ///< of the search path, until the store is closed
    void finishOpening(const std::shared_ptr<Opened>& opened);
    void askWaiting();

    JobsModel& m_jobs;
    QThreadPool m_pool;
    std::shared_ptr<Store> m_store; // shared with work that runs: the last one to let go closes it
    std::uint64_t m_generation = 0;
    std::stop_source m_stopPlugins; ///< batches of embedders that are plugins
    bool m_opening = false;
    bool m_readOnly = false;
    QString m_path;
    Credentials m_credentials;
    struct StatusQuestion {
        QPointer<QObject> context;
        std::function<void(const Result<StatusReport>&)> done;
    };
    std::vector<StatusQuestion> m_statusWaiting;
    bool m_statusAsked = false; ///< one is on its way
};

} // namespace carma::gui

Q_DECLARE_METATYPE(carma::gui::Problem)
