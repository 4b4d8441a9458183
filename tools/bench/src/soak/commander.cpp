#include "soak/commander.hpp"

#include <certledger/events/money.hpp>

#include "measure/sheet.hpp"

namespace certledger::bench {
namespace {

constexpr std::size_t kCommands = 20;
constexpr std::size_t kLives = 200;
constexpr std::uint64_t kSignEvery = 500;

}  // namespace

Commander::Commander(engine::Ledger& ledger, SoakRun& run, std::uint64_t seed)
    : ledger_(ledger), run_(run), random_(seed), keeper_(evidence::parts_of(ledger), {kSignEvery}) {}

domain::Command Commander::buy(Life& life) {
    life.id = "soak-" + std::to_string(++made_);
    life.name = "host" + std::to_string(made_) + ".example.com";
    domain::BuyCertificate command;
    command.certificate = events::CertificateId{life.id};
    command.product = {events::Level::dv, events::Kind::single, 1, 1, "orchard"};
    command.names = {life.name};
    command.price = {1'000, {}};
    return command;
}

domain::Command Commander::next(const Life& life) {
    const events::CertificateId id{life.id};
    switch (life.stage) {
        case Stage::bought: {
            domain::SubmitApplication command;
            command.certificate = id;
            command.validation = events::ValidationMethod::dns_manual;
            command.contact = domain::Contact{"Ada", "ada@example.com", "+44123456"};
            events::Digest key{};
            random_.fill(key);
            command.key_sha256 = key;
            return command;
        }
        case Stage::applied:
            return domain::RecordValidation{id, life.name, domain::ValidationOutcome::succeeded,
                                            std::nullopt};
        case Stage::validated: {
            domain::IssueCertificate command;
            command.certificate = id;
            command.serial = random_.hex(32);
            command.issuer = "CN=Soak CA";
            const auto now = events::Instant::from_seconds(ledger_.command_now().seconds());
            command.not_before = now.plus_seconds(-3'600);
            command.not_after = now.plus_seconds(30 * events::kSecondsPerDay);
            events::Digest fingerprint{};
            random_.fill(fingerprint);
            command.sha256 = fingerprint;
            return command;
        }
        case Stage::issued:
            return domain::RequestRevocation{id, events::RevocationReason::superseded};
        case Stage::to_revoke:
            return domain::RecordRevocation{id, domain::RevocationOutcome::completed, std::nullopt,
                                            std::nullopt, std::nullopt};
        case Stage::to_delete:
            break;
    }
    return domain::DeleteCertificate{id, true};
}

void Commander::move_on(Life life) {
    switch (life.stage) {
        case Stage::bought:
            life.stage = Stage::applied;
            break;
        case Stage::applied:
            life.stage = Stage::validated;
            break;
        case Stage::validated:
            // Most stay as they are.
            if (!random_.percent(20)) return;
            life.stage = random_.percent(50) ? Stage::issued : Stage::to_delete;
            break;
        case Stage::issued:
            life.stage = Stage::to_revoke;
            break;
        case Stage::to_revoke:
        case Stage::to_delete:
            return;
    }
    lives_.push_back(std::move(life));
}

void Commander::submit(Life life, domain::Command command) {
    engine::Request request;
    request.id = "soak-command-" + std::to_string(++commands_);
    request.actor = "soak";
    request.command = std::move(command);
    sure(ledger_.submit(std::move(request)));
    waiting_.push_back(std::move(life));
}

void Commander::step() {
    for (std::size_t i = 0; i < kCommands; ++i) {
        if (lives_.size() < kLives && random_.percent(40)) {
            Life life;
            auto command = buy(life);
            // What was bought goes to the queue with its application still to come.
            submit(life, std::move(command));
            continue;
        }
        if (lives_.empty()) continue;
        Life life = std::move(lives_.front());
        lives_.pop_front();
        auto command = next(life);
        submit(std::move(life), std::move(command));
    }
    flush();
    sure(keeper_.committed(ledger_.store()));
}

void Commander::flush() {
    if (waiting_.empty()) return;
    auto lives = std::exchange(waiting_, {});
    const auto answers = ledger_.flush();
    if (!answers) {
        // Others were faster too often: nothing was written, and nobody was told anything.
        if (answers.error().kind != ErrorKind::conflict) throw Failure(answers.error());
        run_.count("batches given up after conflicts");
        return;
    }
    for (std::size_t i = 0; i < answers->size(); ++i) {
        const auto& answer = (*answers)[i];
        if (!answer.ok) {
            run_.fault("a command that the rules allow was refused: " + answer.refusal->message);
            return;
        }
        for (const auto& event : answer.events)
            run_.answered(event.stream.value, event.version, event.position);
        run_.count("commands");
        // A life that was just bought is told by its command alone.
        if (answer.command == domain::CommandType::buy_certificate) {
            lives_.push_back(std::move(lives[i]));
        } else {
            move_on(std::move(lives[i]));
        }
    }
}

}  // namespace certledger::bench
