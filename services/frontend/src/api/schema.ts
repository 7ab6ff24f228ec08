// Made by `bun run api-types` from services/backend/openapi.json. Not written by hand.

export interface paths {
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login
         * @description Give a token for the right name and password, else 401; 429 after too many failures.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Tell who asks, and with which scopes.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Builds
         * @description List builds, the one recorded last first, without their steps.
         */
        get: operations["list_builds"];
        put?: never;
        /**
         * Record Build
         * @description Record a build: 201, or 200 with the first record where this digest is known already.
         */
        post: operations["record_build"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builds/{build_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Build
         * @description Show one build with its steps.
         */
        get: operations["show_build"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builds/{build_id}/comparison": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare Builds
         * @description Tell what became different from the build `with` to this one.
         */
        get: operations["compare_builds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builds/{build_id}/components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Components Of Build
         * @description List what a build holds, by name; nothing before its SBOM is read.
         */
        get: operations["list_components_of_build"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/builds/{build_id}/sbom": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Record Sbom
         * @description Take the SBOM of a build, to be read by the worker: 202, or 200 where it is known already.
         *
         *     Another document takes the place of the one before.
         */
        put: operations["record_sbom"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/components": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Components
         * @description List what the images hold, by name, and which builds hold it.
         */
        get: operations["search_components"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Deployments
         * @description List deployments, the one recorded last first.
         */
        get: operations["list_deployments"];
        put?: never;
        /**
         * Record Deployment
         * @description Record a deployment, the next generation of its environment; it replaces the one before.
         *
         *     201, or 200 with the first record where this key is known already.
         */
        post: operations["record_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{deployment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Deployment
         * @description Show one deployment.
         */
        get: operations["show_deployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments/{deployment_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End Deployment
         * @description End a deployment: nothing of it runs any more. One that has ended stays so.
         */
        post: operations["end_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Answer without a look at the database.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Images
         * @description List images by name, each with its last builds.
         */
        get: operations["list_images"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Image
         * @description Show one image with its last builds.
         */
        get: operations["show_image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description List jobs, the newest first; `state=dead` are those that failed too often.
         */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Job
         * @description Let a dead job be tried again, as often as a new one.
         */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Keys
         * @description List keys, the one made last first, those that were revoked too.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make Key
         * @description Make a key; it is shown in this answer and never again.
         */
        post: operations["make_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Key
         * @description Make a key worthless from now on; one that is revoked stays so.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Answer 200 where the database is reached and migrated, else 503 with the reason.
         *
         *     Whoever asks must not wait out the migrator's pause, which was made for a database that is away.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trials
         * @description List trials, the one recorded last first, without report and observation.
         */
        get: operations["list_trials"];
        put?: never;
        /**
         * Record Trial
         * @description Record a trial: 201, or 200 with the first record where this run is known already.
         */
        post: operations["record_trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Trial
         * @description Show one trial with its report.
         */
        get: operations["show_trial"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/{run}/observation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Observation
         * @description Show what was observed in one trial, where that was recorded.
         */
        get: operations["show_observation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Build
         * @description A recorded build with its steps.
         */
        Build: {
            /** Base Policy */
            base_policy: string;
            /**
             * Built At
             * Format: date-time
             */
            built_at: string;
            /** Cached Steps */
            cached_steps: number;
            /** Components */
            components: number | null;
            /** Describe */
            describe: string;
            /** Digest */
            digest: string;
            /** Dirty */
            dirty: boolean;
            /** Duration Seconds */
            duration_seconds: number;
            /** Id */
            id: number;
            /** Image */
            image: string;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            sbom: components["schemas"]["SbomState"];
            /** Sha */
            sha: string;
            /** Short Sha */
            short_sha: string;
            /** Size Bytes */
            size_bytes: number;
            /** Steps */
            steps: {
                [key: string]: unknown;
            }[];
            /** Tags */
            tags: string[];
            /** Total Steps */
            total_steps: number;
            /** Verdict */
            verdict: ("kept" | "broken") | null;
        };
        /**
         * BuildPage
         * @description Some builds, the one recorded last first.
         */
        BuildPage: {
            /** Items */
            items: components["schemas"]["BuildSummary"][];
            /** Next */
            next: string | null;
        };
        /**
         * BuildSummary
         * @description A recorded build without its steps, as lists show it.
         */
        BuildSummary: {
            /** Base Policy */
            base_policy: string;
            /**
             * Built At
             * Format: date-time
             */
            built_at: string;
            /** Cached Steps */
            cached_steps: number;
            /** Components */
            components: number | null;
            /** Describe */
            describe: string;
            /** Digest */
            digest: string;
            /** Dirty */
            dirty: boolean;
            /** Duration Seconds */
            duration_seconds: number;
            /** Id */
            id: number;
            /** Image */
            image: string;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Sha */
            sha: string;
            /** Short Sha */
            short_sha: string;
            /** Size Bytes */
            size_bytes: number;
            /** Tags */
            tags: string[];
            /** Total Steps */
            total_steps: number;
            /** Verdict */
            verdict: ("kept" | "broken") | null;
        };
        /**
         * Caller
         * @description Who asks: the owner, or a machine with the name of its key.
         */
        Caller: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "owner" | "key";
            /** Name */
            name: string;
            /** Scopes */
            scopes: ("read" | "record")[];
        };
        /**
         * Comparison
         * @description What became different from one build to the other.
         */
        Comparison: {
            findings: components["schemas"]["FindingChanges"] | null;
            from: components["schemas"]["BuildSummary"];
            packages: components["schemas"]["PackageChanges"] | null;
            size: components["schemas"]["SizeChange"];
            to: components["schemas"]["BuildSummary"];
        };
        /**
         * Component
         * @description One version of something that a build holds.
         */
        Component: {
            /** Licenses */
            licenses: string[];
            /** Name */
            name: string;
            /** Purl */
            purl: string;
            /** Type */
            type: string;
            /** Version */
            version: string;
        };
        /**
         * ComponentPage
         * @description Some components of a build, by name and version.
         */
        ComponentPage: {
            /** Items */
            items: components["schemas"]["Component"][];
            /** Next */
            next: string | null;
        };
        /**
         * Credentials
         * @description What the owner signs in with.
         */
        Credentials: {
            /**
             * Password
             * Format: password
             */
            password: string;
            /** Username */
            username: string;
        };
        /**
         * DeployedService
         * @description A service of a recorded deployment.
         */
        DeployedService: {
            /** Build Id */
            build_id?: number | null;
            /** Digest */
            digest: string;
            /** Image */
            image: string;
            /** Reference */
            reference: string;
            /** Service */
            service: string;
        };
        /**
         * Deployment
         * @description A recorded deployment.
         */
        Deployment: {
            /** Ended At */
            ended_at: string | null;
            /** Environment */
            environment: string;
            /** Generation */
            generation: number;
            /** Id */
            id: number;
            /**
             * Key
             * Format: uuid
             */
            key: string;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Services */
            services: components["schemas"]["DeployedService"][];
            /** Sha */
            sha: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /**
             * State
             * @enum {string}
             */
            state: "deployed" | "replaced" | "ended";
        };
        /**
         * DeploymentPage
         * @description Some deployments, the one recorded last first.
         */
        DeploymentPage: {
            /** Items */
            items: components["schemas"]["Deployment"][];
            /** Next */
            next: string | null;
        };
        /**
         * FindingChanges
         * @description What the last trial of one found and that of the other did not.
         */
        FindingChanges: {
            /** Gone */
            gone: components["schemas"]["FindingOfCheck"][];
            /** New */
            new: components["schemas"]["FindingOfCheck"][];
        };
        /**
         * FindingOfCheck
         * @description One broken promise.
         */
        FindingOfCheck: {
            /** Check */
            check: string;
            /** Expected */
            expected: string;
            /** Found */
            found: string;
            /** Hint */
            hint: string;
        };
        /**
         * Health
         * @description The process answers; `version` is its version.json.
         */
        Health: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
            /** Version */
            version: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Wired */
            wired: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * HeldComponent
         * @description One version of something, and who holds it.
         */
        HeldComponent: {
            /** Builds */
            builds: number;
            /** Images */
            images: components["schemas"]["Holder"][];
            /** Licenses */
            licenses: string[];
            /** Name */
            name: string;
            /** Purl */
            purl: string;
            /** Type */
            type: string;
            /** Version */
            version: string;
        };
        /**
         * HeldComponentPage
         * @description Some components of all images, by name and version.
         */
        HeldComponentPage: {
            /** Items */
            items: components["schemas"]["HeldComponent"][];
            /** Next */
            next: string | null;
        };
        /**
         * Holder
         * @description The newest build of an image that holds a component.
         *
         *     `latest` where no later build of the image is without it.
         */
        Holder: {
            /** Build Id */
            build_id: number;
            /** Digest */
            digest: string;
            /** Image */
            image: string;
            /** Latest */
            latest: boolean;
            /** Short Sha */
            short_sha: string;
        };
        /**
         * ImagePage
         * @description Some images, by name.
         */
        ImagePage: {
            /** Items */
            items: components["schemas"]["ImageSummary"][];
            /** Next */
            next: string | null;
        };
        /**
         * ImageSummary
         * @description An image: how many builds it has, the one recorded last, and the last few, oldest first.
         */
        ImageSummary: {
            /** Builds */
            builds: number;
            /** History */
            history: components["schemas"]["PastBuild"][];
            latest: components["schemas"]["BuildSummary"];
            /** Name */
            name: string;
        };
        /**
         * Job
         * @description One thing that the workers do, did, or could not do.
         */
        Job: {
            /** Attempts */
            attempts: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Due At
             * Format: date-time
             */
            due_at: string;
            /** Environment */
            environment: string | null;
            /** Error */
            error: string | null;
            /** Finished At */
            finished_at: string | null;
            /** Generation */
            generation: number;
            /** Id */
            id: number;
            /** Kind */
            kind: string;
            /** Payload */
            payload: {
                [key: string]: unknown;
            };
            /** Started At */
            started_at: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "running" | "done" | "dead";
            /** Worker */
            worker: string | null;
        };
        /**
         * JobPage
         * @description Some jobs, the newest first.
         */
        JobPage: {
            /** Items */
            items: components["schemas"]["Job"][];
            /** Next */
            next: string | null;
        };
        JsonValue: unknown;
        /**
         * KeyPage
         * @description Some keys, the one made last first.
         */
        KeyPage: {
            /** Items */
            items: components["schemas"]["KeySummary"][];
            /** Next */
            next: string | null;
        };
        /**
         * KeySummary
         * @description A key as lists show it: `last_used_at` is right to a minute.
         */
        KeySummary: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: number;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: ("read" | "record")[];
        };
        /**
         * MadeKey
         * @description A key that was made; `key` itself is shown this once.
         */
        MadeKey: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: number;
            /** Key */
            key: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: ("read" | "record")[];
        };
        /**
         * NewBuild
         * @description A build to be recorded, as the one who built it tells it.
         */
        NewBuild: {
            /**
             * Base Policy
             * @enum {string}
             */
            base_policy: "registry" | "stand-in";
            /**
             * Built At
             * Format: date-time
             */
            built_at: string;
            /** Cached Steps */
            cached_steps: number;
            /** Describe */
            describe: string;
            /** Digest */
            digest: string;
            /** Dirty */
            dirty: boolean;
            /** Duration Seconds */
            duration_seconds: number;
            /** Image */
            image: string;
            /** Sha */
            sha: string;
            /** Short Sha */
            short_sha: string;
            /** Size Bytes */
            size_bytes: number;
            /**
             * Steps
             * @default []
             */
            steps: {
                [key: string]: unknown;
            }[];
            /**
             * Tags
             * @default []
             */
            tags: string[];
            /** Total Steps */
            total_steps: number;
        };
        /**
         * NewDeployment
         * @description A deployment to be recorded, as the one who made it tells it.
         */
        NewDeployment: {
            /** Environment */
            environment: string;
            /**
             * Key
             * Format: uuid
             */
            key: string;
            /** Services */
            services: components["schemas"]["Service"][];
            /** Sha */
            sha: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
        };
        /**
         * NewKey
         * @description A key to be made.
         */
        NewKey: {
            /**
             * Name
             * @description Whose key it is
             */
            name: string;
            /** Scopes */
            scopes: ("read" | "record")[];
        };
        /**
         * NewTrial
         * @description A trial to be recorded, as the one who made it tells it.
         */
        NewTrial: {
            /** Digest */
            digest: string;
            /** Duration Seconds */
            duration_seconds: number;
            /** Failed */
            failed: number;
            /** Image */
            image: string;
            /** Observation */
            observation?: {
                [key: string]: unknown;
            } | null;
            /** Passed */
            passed: number;
            /** Report */
            report: {
                [key: string]: unknown;
            };
            /** Run */
            run: string;
            /** Skipped */
            skipped: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Strict */
            strict: boolean;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "kept" | "broken";
        };
        /**
         * PackageChanges
         * @description By type and name; `truncated` where there are more than are told.
         */
        PackageChanges: {
            /**
             * Added
             * @default []
             */
            added: components["schemas"]["PackageVersion"][];
            /**
             * Changed
             * @default []
             */
            changed: components["schemas"]["VersionChange"][];
            /**
             * Removed
             * @default []
             */
            removed: components["schemas"]["PackageVersion"][];
            /**
             * Truncated
             * @default false
             */
            truncated: boolean;
        };
        /**
         * PackageVersion
         * @description A package that only one of the builds holds.
         */
        PackageVersion: {
            /** Name */
            name: string;
            /** Type */
            type: string;
            /** Version */
            version: string;
        };
        /**
         * PastBuild
         * @description One of the last builds of an image.
         */
        PastBuild: {
            /** Build Id */
            build_id: number;
            /**
             * Built At
             * Format: date-time
             */
            built_at: string;
            /** Duration Seconds */
            duration_seconds: number;
            /** Size Bytes */
            size_bytes: number;
            /** Verdict */
            verdict: ("kept" | "broken") | null;
        };
        /**
         * Problem
         * @description Problem details (RFC 9457).
         */
        Problem: {
            detail: string;
            /** @description What is wrong in a request that is not as the schema asks. */
            errors?: {
                at: string;
                detail: string;
            }[];
            /** @description Find the log lines by it. */
            request_id?: string;
            status: number;
            title: string;
            type: string;
        };
        /**
         * Ready
         * @description The process can work; `revision` is that of the database's tables.
         */
        Ready: {
            /** Revision */
            revision: string;
            /**
             * Status
             * @default ready
             * @constant
             */
            status: "ready";
        };
        /**
         * SbomState
         * @description What became of the SBOM of a build.
         */
        SbomState: {
            /** Components */
            components?: number | null;
            /** Error */
            error?: string | null;
            /**
             * State
             * @default none
             * @enum {string}
             */
            state: "none" | "waiting" | "done" | "failed";
        };
        /**
         * Service
         * @description One service of a deployment and the image that it runs.
         */
        Service: {
            /** Digest */
            digest: string;
            /** Image */
            image: string;
            /** Reference */
            reference: string;
            /** Service */
            service: string;
        };
        /**
         * SizeChange
         * @description In bytes; the difference is negative where it became smaller.
         */
        SizeChange: {
            /** Difference */
            difference: number;
            /** From */
            from: number;
            /** To */
            to: number;
        };
        /**
         * Token
         * @description A bearer token (RFC 6750); `expires_in` is in seconds.
         */
        Token: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /**
             * Token Type
             * @default bearer
             * @constant
             */
            token_type: "bearer";
        };
        /**
         * Trial
         * @description A recorded trial with its report.
         */
        Trial: {
            /** Build Id */
            build_id: number | null;
            /** Digest */
            digest: string;
            /** Duration Seconds */
            duration_seconds: number;
            /** Failed */
            failed: number;
            /** Id */
            id: number;
            /** Image */
            image: string;
            /** Passed */
            passed: number;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Report */
            report: {
                [key: string]: unknown;
            };
            /** Run */
            run: string;
            /** Skipped */
            skipped: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Strict */
            strict: boolean;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "kept" | "broken";
        };
        /**
         * TrialPage
         * @description Some trials, the one recorded last first.
         */
        TrialPage: {
            /** Items */
            items: components["schemas"]["TrialSummary"][];
            /** Next */
            next: string | null;
        };
        /**
         * TrialSummary
         * @description A recorded trial without its report, as lists show it.
         */
        TrialSummary: {
            /** Build Id */
            build_id: number | null;
            /** Digest */
            digest: string;
            /** Duration Seconds */
            duration_seconds: number;
            /** Failed */
            failed: number;
            /** Id */
            id: number;
            /** Image */
            image: string;
            /** Passed */
            passed: number;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Run */
            run: string;
            /** Skipped */
            skipped: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Strict */
            strict: boolean;
            /**
             * Verdict
             * @enum {string}
             */
            verdict: "kept" | "broken";
        };
        /**
         * VersionChange
         * @description A package that both hold in different versions.
         */
        VersionChange: {
            /** From */
            from: string;
            /** Name */
            name: string;
            /** To */
            to: string;
            /** Type */
            type: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Caller"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_builds: {
        parameters: {
            query?: {
                image?: string;
                digest?: string;
                sha?: string;
                verdict?: "kept" | "broken";
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BuildPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_build: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBuild"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Build"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Build"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_build: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Build"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_builds: {
        parameters: {
            query: {
                /** @description The build before it */
                with: number;
            };
            header?: never;
            path: {
                build_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_components_of_build: {
        parameters: {
            query?: {
                name?: string;
                type?: string;
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                build_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComponentPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_sbom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                build_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
                "application/vnd.cyclonedx+json": Record<string, never>;
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SbomState"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SbomState"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_components: {
        parameters: {
            query?: {
                name?: string;
                type?: string;
                version?: string;
                latest?: boolean;
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldComponentPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The component that the cursor names is no more; begin again. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deployments: {
        parameters: {
            query?: {
                environment?: string;
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeployment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deployment"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another has replaced it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    list_images: {
        parameters: {
            query?: {
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImagePage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description May hold slashes */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageSummary"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                state?: "waiting" | "running" | "done" | "dead";
                kind?: string;
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is not dead */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeKey"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description It cannot work now, and why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_trials: {
        parameters: {
            query?: {
                image?: string;
                digest?: string;
                build?: number;
                verdict?: "kept" | "broken";
                /** @description The most items of a page */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialPage"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_trial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTrial"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description The body cannot be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_trial: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The run's name */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_observation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The run's name */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description No valid token or key */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request is not as the schema asks */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database cannot be used now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
