// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store_session.h"

#include "app/text.h"

#include <carma/plugins.h>

#include <QCoreApplication>
#include <QMetaObject>
#include <QSysInfo>

#include <array>
#include <pwd.h>
#include <unistd.h>

namespace carma::gui {

namespace {

constexpr int kThreads = 5;            // long jobs, and the beacon, must not keep short questions waiting
constexpr std::int64_t kWaitMs = 3000; // the store may still be closing after it was locked

Intent intentOf(const OpenRequest& request)
{
    if (!request.passphrase.empty()) {
        return Intent::OpenWithPassphrase;
    }
    return request.recoveryCode.empty() ? Intent::OpenWithKeyFile : Intent::OpenWithRecoveryCode;
}

/// Whom the audit names. Asking who the user is may take long: not in the GUI thread.
std::string actor()
{
    std::array<char, 4096> room{};
    passwd found{};
    passwd* known = nullptr;
    (void)::getpwuid_r(::getuid(), &found, room.data(), room.size(), &known);
    const std::string user = known != nullptr ? std::string(found.pw_name) : "uid " + std::to_string(::getuid());
    return user + '@' + bytesOf(QSysInfo::machineHostName()) + " via carma-workstation";
}

} // namespace

struct StoreSession::Opened {
    std::uint64_t generation = 0;
    OpenRequest request;
    Intent intent{};
    bool isStore = true;
    Credentials credentials;
    Result<std::unique_ptr<Store>> store = Error{ErrorCode::Internal, "not tried"};
};

StoreSession::StoreSession(JobsModel& jobs, QObject* parent) : QObject(parent), m_jobs(jobs) { m_pool.setMaxThreadCount(kThreads); }

StoreSession::~StoreSession()
{
    m_jobs.cancelAll();
    m_stopPlugins.request_stop();
    m_store.reset();
    m_pool.waitForDone();
}

void StoreSession::run(std::function<void()> work) { m_pool.start(std::move(work)); }

void StoreSession::post(std::function<void()> call) { QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection); }

void StoreSession::open(OpenRequest request)
{
    close();
    m_opening = true;
    auto opened = std::make_shared<Opened>();
    opened->generation = m_generation;
    opened->intent = intentOf(request);
    opened->request = std::move(request);
    Environment environment;
    environment.embedderFactory = pluginEmbedders();
    run([this, opened, environment = std::move(environment), news = newsLine()] {
        const OpenRequest& wanted = opened->request;
        const std::string path = bytesOf(wanted.path);
        const auto info = Store::probe(path, Environment{});
        opened->isStore = info.has_value() || info.error().code != ErrorCode::NotFound;
        Credentials& credentials = opened->credentials;
        if (opened->intent == Intent::OpenWithPassphrase) {
            credentials.passphrase = wanted.passphrase.clone();
        } else if (opened->intent == Intent::OpenWithRecoveryCode) {
            credentials.recoveryCode = wanted.recoveryCode.clone();
        } else {
            credentials.keyFile = !wanted.keyFile.isEmpty() ? bytesOf(wanted.keyFile)
                : info.has_value()                          ? defaultKeyFile(info->id)
                                                            : std::string();
        }
        OpenOptions options;
        options.readOnly = wanted.readOnly;
        options.waitMs = kWaitMs;
        options.holder = "carma-workstation (pid " + std::to_string(QCoreApplication::applicationPid()) + ")";
        options.actor = actor();
        options.onNotice = news;
        opened->store = Store::open(path, credentials, environment, std::move(options));
        post([this, opened] { finishOpening(opened); });
    });
}

std::function<void(std::string_view)> StoreSession::newsLine()
{
    return [this, generation = m_generation](std::string_view news) {
        post([this, generation, line = text(news)] {
            if (generation == m_generation) { // not of a store that is closed by now
                emit notice(line);
            }
        });
    };
}

EmbedderFactory StoreSession::pluginEmbedders()
{
    m_stopPlugins = std::stop_source();
    return [stop = m_stopPlugins.get_token(), news = newsLine()](std::string_view name) -> Result<std::shared_ptr<Embedder>> {
        CARMA_TRY_ASSIGN(PluginOptions options, defaultPluginOptions());
        options.stop = stop;
        options.report = news;
        return openPluginEmbedder(name, options);
    };
}

void StoreSession::finishOpening(const std::shared_ptr<Opened>& opened)
{
    if (opened->generation != m_generation) {
        run([opened] { opened->store = Error{ErrorCode::Cancelled, "closed"}; });
        return;
    }
    m_opening = false;
    if (!opened->store) {
        const Intent intent = opened->isStore ? opened->intent : Intent::Create;
        emit openFailed(explain(opened->store.error(), intent));
        return;
    }
    m_store = std::move(*opened->store);
    m_path = opened->request.path;
    m_credentials = std::move(opened->credentials);
    m_readOnly = opened->request.readOnly;
    emit this->opened();
}

void StoreSession::create(CreateRequest request, QObject* context, std::function<void(Result<Created>)> done)
{
    auto wanted = std::make_shared<CreateRequest>(std::move(request));
    run([this, wanted, done = std::move(done), guard = QPointer<QObject>(context)] {
        CreateOptions options;
        options.data = wanted->data;
        options.parity = wanted->parity;
        options.withKeyFile = wanted->withKeyFile;
        options.scryptCost = wanted->scryptCost;
        options.actor = actor();
        if (!wanted->keyFile.isEmpty()) {
            options.keyFile = bytesOf(wanted->keyFile);
        }
        if (!wanted->passphrase.empty()) {
            options.passphrase = wanted->passphrase.clone();
        }
        auto created = std::make_shared<Result<Created>>(Store::create(bytesOf(wanted->path), std::move(options), Environment{}));
        post([created, done, guard] {
            if (guard) {
                done(std::move(*created));
            }
        });
    });
}

void StoreSession::askStatus(QObject* context, std::function<void(const Result<StatusReport>&)> done)
{
    if (m_store) {
        m_statusWaiting.push_back({context, std::move(done)});
        post([this] { askWaiting(); }); // the page, the frame and the status bar ask in one go: that is one question
    }
}

void StoreSession::askWaiting()
{
    if (m_statusAsked || m_statusWaiting.empty()) {
        return;
    }
    m_statusAsked = true;
    ask(
        this, [](Store& store) { return store.health().status(); },
        [this, questions = std::exchange(m_statusWaiting, {})](const Result<StatusReport>& status) {
            m_statusAsked = false;
            const std::uint64_t generation = m_generation;
            for (const StatusQuestion& each : questions) {
                if (each.context && generation == m_generation) { // an answer may have closed the store
                    each.done(status);
                }
            }
            askWaiting();
        });
}

Credentials StoreSession::credentials() const
{
    Credentials copy;
    copy.keyFile = m_credentials.keyFile;
    if (m_credentials.passphrase) {
        copy.passphrase = m_credentials.passphrase->clone();
    }
    if (m_credentials.recoveryCode) {
        copy.recoveryCode = m_credentials.recoveryCode->clone();
    }
    return copy;
}

void StoreSession::close()
{
    ++m_generation;
    m_statusWaiting.clear();
    m_statusAsked = false;
    m_credentials = {};
    m_opening = false;
    m_stopPlugins.request_stop(); // nobody waits for their answers any more
    if (m_store) {
        m_jobs.cancelAll();
        run([store = std::move(m_store)]() mutable { store.reset(); });
        m_store.reset();
        emit closed();
    }
}

} // namespace carma::gui
